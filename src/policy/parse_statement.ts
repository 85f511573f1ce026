import { inOwnPartition } from "./arn.ts";
import { findConditionKey } from "./condition_keys.ts";
import { withoutLeadingSlash } from "./copy_source.ts";
import type { Condition, Elements, PrincipalPattern, Statement } from "./document.ts";
import type { PolicyFault } from "./policy_error.ts";
import {
  faultsOf,
  statementSchema,
  type WrittenPrincipal,
  type WrittenStatement,
} from "./policy_schema.ts";
import {
  invalidPrincipal,
  parsePrincipal,
  PRINCIPAL_TYPES,
  type PrincipalType,
} from "./principals.ts";

/** A statement, unless it cannot be understood, and what is wrong with its form. */
export interface ReadStatement {
  readonly statement?: Statement;
  readonly faults: readonly PolicyFault[];
}

/**
 * Reads a statement.
 *
 * @param json as the document has it
 * @param path of it in the document
 */
export function readStatement(json: unknown, index: number, path: string): ReadStatement {
  const read = statementSchema.safeParse(json);
  if (!read.success) return { faults: faultsOf(read.error, path) };
  const written = read.data;
  const unpaired = PAIRS.flatMap((pair) => demandOne(written, pair, path));
  if (unpaired.length > 0) return { faults: unpaired };
  const { principals, faults } = readPrincipals(written, path);
  if (faults.length > 0) return { faults };
  const { Sid, Effect, Action, NotAction = [], Resource, NotResource = [] } = written;
  const statement: Statement = {
    index,
    path,
    sid: Sid,
    effect: Effect,
    principals,
    actions: elements(Action, NotAction),
    resources: elements(Resource?.map(inOwnPartition), NotResource.map(inOwnPartition)),
    conditions: readConditions(written, `${path}.Condition`),
  };
  return { statement, faults: [] };
}

type Pair = readonly [keyof WrittenStatement, keyof WrittenStatement];

/** Elements of which a statement has the one or the other. */
const PAIRS: readonly Pair[] = [
  ["Principal", "NotPrincipal"],
  ["Action", "NotAction"],
  ["Resource", "NotResource"],
];

function demandOne(
  written: WrittenStatement,
  [name, negatedName]: Pair,
  path: string,
): readonly PolicyFault[] {
  const count = [written[name], written[negatedName]].filter((value) => value !== undefined).length;
  if (count === 1) return [];
  const message = count === 0
    ? `Missing required field ${name}`
    : `Invalid policy syntax: a statement has ${name} or ${negatedName}, not both`;
  return [{ path, message }];
}

function elements<T>(patterns: readonly T[] | undefined, negated: readonly T[]): Elements<T> {
  return patterns === undefined ? { negated: true, patterns: negated } : {
    negated: false,
    patterns,
  };
}

function readPrincipals(
  { Principal, NotPrincipal = "" }: WrittenStatement,
  path: string,
): ReadPrincipals {
  const negated = Principal === undefined;
  const place = `${path}.${negated ? "NotPrincipal" : "Principal"}`;
  const faults: PolicyFault[] = [];
  const patterns = principalEntries(Principal ?? NotPrincipal).flatMap(([type, value]) => {
    const pattern = parsePrincipal(type, value);
    if (pattern !== undefined) return [pattern];
    faults.push({ path: `${place}.${type}`, message: invalidPrincipal(value) });
    return [];
  });
  if (patterns.length + faults.length === 0) {
    faults.push({ path: place, message: invalidPrincipal("it names nobody") });
  }
  return { principals: { negated, patterns }, faults };
}

interface ReadPrincipals {
  readonly principals: Elements<PrincipalPattern>;
  readonly faults: readonly PolicyFault[];
}

/** Whatever is no type but a text means the same as that of AWS: only `"*"` is one. */
function principalEntries(
  written: WrittenPrincipal,
): readonly (readonly [PrincipalType, string])[] {
  if (typeof written === "string") return written === "*" ? [["AWS", "*"]] : [];
  return PRINCIPAL_TYPES.flatMap((type) =>
    (written[type] ?? []).map((value) => [type, value] as const)
  );
}

function readConditions(
  { Condition = {} }: WrittenStatement,
  path: string,
): readonly Condition[] {
  return Object.entries(Condition).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, values]) => ({
      operator,
      key,
      values: values.map((value) => plainValue(key, value)),
      path: `${path}.${operator}.${key}`,
    }))
  );
}

/** A value in the one way of writing it in which requests have theirs. */
function plainValue(key: string, value: string): string {
  if (key.toLowerCase() === "s3:x-amz-copy-source") return withoutLeadingSlash(value);
  return findConditionKey(key)?.type === "arn" ? inOwnPartition(value) : value;
}
