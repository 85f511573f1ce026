import { type BundleRow, findBundles } from "../metadata/evidence.ts";
import { statement } from "../metadata/sql.ts";
import type { EvidenceContext } from "./context.ts";
import { EvidenceError } from "./evidence_error.ts";
import type { KeptBundle } from "./model.ts";

/** What the index has of a decision's evidence: a version of it, the last one without a version. */
export async function find(
  context: EvidenceContext,
  decisionId: string,
  version?: string,
): Promise<KeptBundle> {
  const stored = await versions(context, decisionId);
  const found = version === undefined
    ? stored.at(-1)
    : stored.find((bundle) => bundle.version === version);
  if (found !== undefined) return found;
  throw new EvidenceError(
    "notFound",
    `There is no version ${version} of the evidence for decision ${decisionId}.`,
  );
}

/** All versions that are stored, the first one first; at least one. */
export async function versions(
  { sql }: EvidenceContext,
  decisionId: string,
): Promise<readonly KeptBundle[]> {
  const rows = await statement("evidence.find", () => findBundles(sql, decisionId));
  const stored = rows.filter(({ state }) => state === "stored");
  if (stored.length > 0) return stored.map(toKept);
  throw rows.some(isGone) ? goneEvidence(decisionId) : noEvidence(decisionId);
}

/** What others are told of a row. */
export function toKept(row: BundleRow): KeptBundle {
  const { createdText: _, fingerprint: __, state: ___, ...kept } = row;
  return kept;
}

/** Whether a version was deleted, or is being deleted. */
export function isGone({ state }: Pick<BundleRow, "state">): boolean {
  return state === "deleting" || state === "deleted";
}

/** There is none, and there never was. */
export function noEvidence(decisionId: string): EvidenceError {
  return new EvidenceError("notFound", `There is no evidence for decision ${decisionId}.`);
}

/** There was, and its id is not given to anything else. */
export function goneEvidence(decisionId: string): EvidenceError {
  return new EvidenceError("gone", `The evidence for decision ${decisionId} was deleted.`);
}
