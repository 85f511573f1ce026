/**
 * Reads bucket policies.
 * Source: "IAM JSON policy element reference" in the IAM user guide; "Bucket policies for Amazon S3"
 * in the Amazon S3 user guide.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { checkPolicy } from "./check_policy.ts";
import type { PolicyDocument, Statement } from "./document.ts";
import { nameFaults } from "./json_keys.ts";
import { readStatement } from "./parse_statement.ts";
import type { PolicyContext } from "./policy_context.ts";
import { PolicyError, type PolicyFault } from "./policy_error.ts";
import { faultsOf, policySchema } from "./policy_schema.ts";

/** Bytes of UTF-8; AWS takes no more. */
export const MAX_POLICY_SIZE = 20_480;

/**
 * Reads a policy and makes sure that it means what it says: every action, operator and condition key
 * is known, every value fits.
 *
 * @param text JSON
 * @throws {PolicyError} with everything that is wrong with it
 */
export function parsePolicy(text: string, context: PolicyContext = {}): PolicyDocument {
  const { document, faults } = readPolicy(text);
  const meaning = document === undefined ? [] : checkPolicy(document, context);
  if (document === undefined || faults.length + meaning.length > 0) {
    throw new PolicyError([...faults, ...meaning]);
  }
  return document;
}

/** A policy as far as it can be read, and what is wrong with its form. */
export interface ReadPolicy {
  /** Without the statements that have a fault; absent where there is none that has not. */
  readonly document?: PolicyDocument;
  readonly faults: readonly PolicyFault[];
}

/**
 * Reads a policy by its form alone: what it names may not exist. For who has more to say about it
 * than that it is refused; {@link parsePolicy} is for all others.
 */
export function readPolicy(text: string): ReadPolicy {
  const json = readJson(text);
  if ("faults" in json) return json;
  const read = policySchema.safeParse(json.value);
  if (!read.success) return { faults: faultsOf(read.error, "") };
  const { Version: version, Id: id, Statement } = read.data;
  const { statements, faults } = readStatements(Statement);
  return {
    document: statements.length === 0 ? undefined : { version, id, statements },
    faults: [...faults, ...repeatedSids(statements)],
  };
}

type ReadJson = { readonly value: unknown } | { readonly faults: readonly PolicyFault[] };

function readJson(text: string): ReadJson {
  if (Buffer.byteLength(text) > MAX_POLICY_SIZE) {
    return fault(`Policy exceeds the maximum allowed document size of ${MAX_POLICY_SIZE} bytes`);
  }
  if (!text.startsWith("{")) return fault(NO_JSON);
  try {
    const value: unknown = JSON.parse(text);
    const faults = nameFaults(text);
    return faults.length > 0 ? { faults } : { value };
  } catch (error) {
    return fault(`${NO_JSON}: ${error instanceof Error ? error.message : error}`);
  }
}

const NO_JSON = "Policies must be valid JSON and the first byte must be '{'";

function fault(message: string, path = ""): { readonly faults: readonly PolicyFault[] } {
  return { faults: [{ path, message }] };
}

interface ReadStatements {
  readonly statements: readonly Statement[];
  readonly faults: readonly PolicyFault[];
}

function readStatements(json: unknown): ReadStatements {
  if (json === undefined) return { statements: [], ...fault("Missing required field Statement") };
  const isList = Array.isArray(json);
  const written: readonly unknown[] = isList ? json : [json];
  if (written.length === 0) {
    return {
      statements: [],
      ...fault("Could not parse the policy: Statement is empty!", "Statement"),
    };
  }
  const read = written.map((statement, index) =>
    readStatement(statement, index, isList ? `Statement[${index}]` : "Statement")
  );
  return {
    statements: read.flatMap(({ statement }) => statement ?? []),
    faults: read.flatMap(({ faults }) => faults),
  };
}

function repeatedSids(statements: readonly Statement[]): readonly PolicyFault[] {
  const seen = new Set<string>();
  return statements.flatMap(({ sid = "", path }) => {
    if (sid === "" || !seen.has(sid)) {
      seen.add(sid);
      return [];
    }
    return [{ path: `${path}.Sid`, message: `Statement IDs (SID) must be unique: ${sid}` }];
  });
}
