import type { PolicyDocument, PrincipalPattern, Statement } from "./document.ts";
import { prefixOverlap, principalOverlap } from "./overlap.ts";
import { actionsOf } from "./reach.ts";

/** Somebody whom a policy lets write. */
export interface Writer {
  readonly principal: PrincipalPattern;
  /** The Allow that says so. */
  readonly statement: Statement;
  /** Whether that Allow has conditions. */
  readonly isConditional: boolean;
  /** The Deny statements that keep the principal from some of it, by condition or by key. */
  readonly limitedBy: readonly Statement[];
}

/** Where somebody writes. */
export interface WrittenPlace {
  readonly bucket: string;
  /** Of keys; `""` for the whole bucket. */
  readonly prefix: string;
}

/**
 * Everybody whom a policy lets put objects under a prefix, in the order of its statements. Who has
 * the bucket without a policy is not among them.
 */
export function writersOf(document: PolicyDocument, place: WrittenPlace): readonly Writer[] {
  return document.statements
    .filter((statement) => statement.effect === "Allow" && isAboutWriting(statement, place))
    .flatMap((statement) =>
      statement.principals.patterns
        .filter((principal) => !isKeptOut(document, principal, place))
        .map((principal) => ({
          principal,
          statement,
          isConditional: statement.conditions.length > 0,
          limitedBy: denialsOf(document, principal, place),
        }))
    );
}

/** The Deny statements that keep a principal from putting some objects under a prefix. */
function denialsOf(
  { statements }: PolicyDocument,
  principal: PrincipalPattern,
  place: WrittenPlace,
): readonly Statement[] {
  return statements.filter((statement) =>
    statement.effect === "Deny" && isAboutWriting(statement, place) &&
    principalOverlap(statement.principals, principal) !== "none"
  );
}

/** Whether a Deny keeps all whom the pattern means from all that is there, whatever they send. */
function isKeptOut(
  document: PolicyDocument,
  principal: PrincipalPattern,
  place: WrittenPlace,
): boolean {
  return denialsOf(document, principal, place).some(({ principals, resources, conditions }) =>
    conditions.length === 0 && prefixOverlap(resources, place) === "all" &&
    principalOverlap(principals, principal) === "all"
  );
}

function isAboutWriting({ actions, resources }: Statement, place: WrittenPlace): boolean {
  return actionsOf(actions).includes("s3:PutObject") &&
    prefixOverlap(resources, place) !== "none";
}
