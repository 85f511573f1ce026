/**
 * The policy document of a browser form: what an upload must be like to be let in.
 * Source: "POST Policy" in the Amazon S3 API reference.
 *
 * @module
 */
import { SignatureError } from "./signature_error.ts";

/** One condition on a form. */
export interface PolicyCondition {
  readonly operator: "eq" | "starts-with";
  /** Name of the field in lower case, without `$`. */
  readonly field: string;
  readonly value: string;
  /** As the policy wrote it, in one form: `["eq", "$acl", "private"]`. */
  readonly text: string;
}

/** Bytes that a file may have, both ends included. */
export interface ContentLengthRange {
  readonly min: number;
  readonly max: number;
}

/** A policy document. */
export interface PostPolicy {
  readonly expiration: Date;
  readonly conditions: readonly PolicyCondition[];
  readonly contentLengthRange?: ContentLengthRange;
}

/**
 * Reads a policy document.
 *
 * @param json the document, no longer in base64
 * @throws {SignatureError} `InvalidPolicyDocument`
 */
export function parsePostPolicy(json: string): PostPolicy {
  const document = parseObject(json);
  const { expiration, conditions } = document;
  if (expiration === undefined) throw invalid("Policy missing expiration.");
  if (conditions === undefined) throw invalid("Policy missing conditions.");
  if (!Array.isArray(conditions)) throw invalid("Invalid 'conditions' value: must be a List.");
  const parsed = conditions.map(parseCondition);
  const ranges = parsed.filter((condition) => "max" in condition);
  return {
    expiration: parseExpiration(expiration),
    conditions: parsed.filter((condition) => "operator" in condition),
    // Every range must hold, so together they are the narrowest one.
    contentLengthRange: ranges.length === 0 ? undefined : {
      min: Math.max(...ranges.map(({ min }) => min)),
      max: Math.min(...ranges.map(({ max }) => max)),
    },
  };
}

function parseObject(json: string): Readonly<Record<string, unknown>> {
  let document: unknown;
  try {
    document = JSON.parse(json);
  } catch (cause) {
    throw invalid("Invalid JSON.", cause);
  }
  if (!isObject(document)) throw invalid("Invalid JSON.");
  return document;
}

/** ISO 8601 in UTC: `2007-12-01T12:00:00.000Z`. */
function parseExpiration(value: unknown): Date {
  const text = typeof value === "string" ? value : JSON.stringify(value);
  const at = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text) || Number.isNaN(at.getTime())) {
    throw invalid(`Invalid 'expiration' value: '${text}'`);
  }
  return at;
}

function parseCondition(condition: unknown): PolicyCondition | ContentLengthRange {
  if (Array.isArray(condition)) return parseListCondition(condition);
  if (isObject(condition)) return parseExactCondition(condition);
  throw invalid("Invalid condition test: must be a List or Object.");
}

/** `{"acl": "private"}`. */
function parseExactCondition(condition: Readonly<Record<string, unknown>>): PolicyCondition {
  const entries = Object.entries(condition);
  if (entries.length !== 1) {
    throw invalid(
      "Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.",
    );
  }
  const [[field, value]] = entries;
  if (typeof value !== "string") throw invalid("Invalid Simple-Condition: value must be a string.");
  return matchCondition("eq", field, value);
}

/** `["starts-with", "$key", "user/"]` or `["content-length-range", 1, 1024]`. */
function parseListCondition(condition: readonly unknown[]): PolicyCondition | ContentLengthRange {
  const [name, first, second] = condition;
  if (typeof name !== "string") throw invalid("Invalid Condition: missing operation identifier.");
  const operator = name.toLowerCase();
  const label = OPERATORS.get(operator);
  if (label === undefined) throw invalid(`Invalid Condition: unknown operation '${name}'.`);
  if (condition.length !== 3) throw invalid(`Invalid ${label}: wrong number of arguments.`);
  if (operator === "content-length-range") {
    return { min: parseLength(first), max: parseLength(second) };
  }
  if (typeof first !== "string" || !first.startsWith("$") || typeof second !== "string") {
    throw invalid(`Invalid ${label}: a field's name after $, and a string.`);
  }
  return matchCondition(operator === "eq" ? "eq" : "starts-with", first.slice(1), second);
}

/** Operators of conditions that are lists, with the names that S3's errors give them. */
const OPERATORS: ReadonlyMap<string, string> = new Map([
  ["eq", "Eq"],
  ["starts-with", "starts-with"],
  ["content-length-range", "content-length-range"],
]);

function matchCondition(
  operator: PolicyCondition["operator"],
  field: string,
  value: string,
): PolicyCondition {
  const parts = [operator, `$${field}`, value].map((part) => JSON.stringify(part));
  return { operator, field: field.toLowerCase(), value, text: `[${parts.join(", ")}]` };
}

function parseLength(value: unknown): number {
  const length = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  if (typeof length !== "number" || !Number.isSafeInteger(length) || length < 0) {
    throw invalid("Invalid content-length-range: lengths must be whole numbers.");
  }
  return length;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function invalid(message: string, cause?: unknown): SignatureError {
  return new SignatureError("InvalidPolicyDocument", `Invalid Policy: ${message}`, {}, { cause });
}
