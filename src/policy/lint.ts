/**
 * What is wrong with a policy, before a bucket has it.
 *
 * @module
 */
import { absentOnHoldfast } from "./lint/absent_here.ts";
import { actionWithoutResource, unknownAction } from "./lint/actions.ts";
import { keyNotCarried, keyPartlyCarried } from "./lint/carried_keys.ts";
import { copySourcePrecondition } from "./lint/copy_source_precondition.ts";
import { allowToEveryone } from "./lint/everyone.ts";
import { foreignPrincipal } from "./lint/foreign_principal.ts";
import { allowNeverMatches, denyNeverMatches } from "./lint/never_matches.ts";
import { allowNotPrincipal, denyNotPrincipal } from "./lint/not_principal.ts";
import { nullWithNegation } from "./lint/null_with_negation.ts";
import type { Remark, Rule } from "./lint/rule.ts";
import { setOperatorOnSingle } from "./lint/set_operators.ts";
import { unknownKey, unknownOperator } from "./lint/unknown_names.ts";
import { literalWildcard, operatorType } from "./lint/values.ts";
import { variablesNeedVersion } from "./lint/variables_version.ts";
import {
  multipartParts,
  unbackedWriteCondition,
  writeOnceDeletable,
} from "./lint/write_condition.ts";
import { checkPolicy } from "./check_policy.ts";
import type { PolicyDocument } from "./document.ts";
import { readPolicy } from "./parse.ts";
import type { PolicyFault } from "./policy_error.ts";
import { forBucket } from "./template.ts";

/** One thing that was found. */
export interface Finding {
  /**
   * `error`: a store would refuse the policy, or it cannot do what it seems to say. `warning`: it is
   * often meant otherwise.
   */
  readonly severity: "error" | "warning";
  /** Name of the rule: `deny-never-matches`. */
  readonly rule: string;
  /** Such as `Statement[0].Condition.Null.s3:if-none-match`; `""` for the whole document. */
  readonly path: string;
  /** What is wrong, and what to do. */
  readonly message: string;
}

/** What is checked of every statement that can be read. */
const NAME_RULES: readonly Rule[] = [
  copySourcePrecondition,
  unknownKey,
  unknownOperator,
  unknownAction,
  allowNotPrincipal,
];

/** What is checked of the statements in which all names are known. */
const RULES: readonly Rule[] = [
  actionWithoutResource,
  keyNotCarried,
  denyNeverMatches,
  allowNeverMatches,
  keyPartlyCarried,
  unbackedWriteCondition,
  multipartParts,
  writeOnceDeletable,
  nullWithNegation,
  literalWildcard,
  operatorType,
  setOperatorOnSingle,
  allowToEveryone,
  denyNotPrincipal,
  foreignPrincipal,
  variablesNeedVersion,
  absentOnHoldfast,
];

/** What a policy is checked for besides. */
export interface LintOptions {
  /** The bucket it is for. Its name is put in place of `BUCKET`, and any other is an error. */
  readonly bucket?: string;
}

/**
 * Everything that is wrong with a policy, in the order of its statements; nothing for one that is
 * fine. Whatever a bucket would refuse it for is among the errors.
 *
 * @param text JSON
 */
export function lintPolicy(text: string, { bucket }: LintOptions = {}): readonly Finding[] {
  const { document, faults } = readPolicy(bucket === undefined ? text : forBucket(text, bucket));
  const malformed = faults.map((fault) => asFinding("malformed", "error", withHint(fault)));
  return document === undefined ? malformed : [...malformed, ...inOrder(check(document, bucket))];
}

function check(document: PolicyDocument, bucket: string | undefined): readonly Finding[] {
  const unusable = new Set(checkPolicy(document, {}).map(({ path }) => statementOf(path)));
  const usable = document.statements.filter(({ path }) => !unusable.has(path));
  const found = [
    ...apply(NAME_RULES, document),
    ...apply(RULES, { ...document, statements: usable }),
  ];
  // A rule says what to do about it, in place of the words of AWS.
  const told = new Set(
    found.filter(({ severity }) => severity === "error").map(({ path }) => path),
  );
  const refusals = checkPolicy(document, { bucket }).filter(({ path }) => !told.has(path));
  return [...refusals.map((fault) => asFinding("invalid", "error", fault)), ...found];
}

function apply(rules: readonly Rule[], document: PolicyDocument): readonly Finding[] {
  return rules.flatMap(({ name, severity, check }) =>
    [...check(document)].map((remark) => asFinding(name, severity, remark))
  );
}

function asFinding(
  rule: string,
  severity: Finding["severity"],
  { path, message }: Remark,
): Finding {
  return { severity, rule, path, message };
}

/** A policy of MinIO's users is easily taken for one of a bucket. */
function withHint({ path, message }: PolicyFault): PolicyFault {
  const isNobodys = message.endsWith("required field Principal");
  const hint = "; a policy for users, such as MinIO's, has none, and no bucket takes it";
  return { path, message: isNobodys ? `${message}${hint}` : message };
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted((one, other) => indexOf(one.path) - indexOf(other.path));
}

/** `Statement[1]` of `Statement[1].Action`. */
function statementOf(path: string): string {
  return path.split(".", 1)[0];
}

function indexOf(path: string): number {
  const [, index = "0"] = /^Statement\[(\d+)\]/.exec(path) ?? [];
  return Number(index);
}
