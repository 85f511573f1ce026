import type { BundleRow } from "../metadata/evidence.ts";
import { EvidenceError } from "./evidence_error.ts";
import type { Examined } from "./examined.ts";
import { goneEvidence, isGone, noEvidence } from "./find.ts";
import { isSameInstant } from "./fingerprint.ts";

/** All of them are looked at when there is to be another one. */
const MOST_VERSIONS = 1_000;

/** Where evidence belongs among what is there. */
export type Place =
  /** It is there already. */
  | { readonly kind: "there"; readonly row: BundleRow }
  /** It is a new version: the first one without a previous one. */
  | {
    readonly kind: "next";
    readonly ordinal: number;
    readonly version: string;
    readonly previous: BundleRow | undefined;
  };

/**
 * Finds the place of evidence among all versions that there are for its decision.
 *
 * @param rows the first one first; none of them pending
 * @throws {EvidenceError} `conflict`, `gone`; `notFound` for a correction of nothing
 */
export function placeOf(bundle: Examined, rows: readonly BundleRow[]): Place {
  if (rows.some(isGone)) throw goneEvidence(bundle.decisionId);
  const there = rows.findLast((row, at) => isSame(bundle, row, rows[at - 1]));
  if (there !== undefined) return { kind: "there", row: there };
  const previous = rows.at(-1);
  if (previous === undefined) {
    if (bundle.corrects !== undefined) throw noEvidence(bundle.decisionId);
    return { kind: "next", ordinal: 1, version: bundle.version ?? "1.0", previous };
  }
  demandCorrection(bundle, previous);
  const ordinal = previous.ordinal + 1;
  if (ordinal > MOST_VERSIONS) {
    const said = `The evidence for decision ${bundle.decisionId} has ${MOST_VERSIONS} versions.`;
    throw new EvidenceError("conflict", said);
  }
  return { kind: "next", ordinal, version: versionOf(bundle, ordinal, rows), previous };
}

/** Whether a version says what a bundle says, as far as that says anything. */
function isSame(bundle: Examined, row: BundleRow, before: BundleRow | undefined): boolean {
  const { corrects, createdAt, version } = bundle;
  // To correct evidence by itself would change nothing.
  const isInPlace = corrects === undefined || corrects === before?.checksum ||
    corrects === row.checksum;
  return row.fingerprint === bundle.fingerprint && isInPlace &&
    (version === undefined || version === row.version) &&
    (createdAt === undefined || isSameInstant(createdAt, row.createdText));
}

function demandCorrection({ corrects, decisionId, evidenceType }: Examined, last: BundleRow): void {
  const members = { version: last.version, key: last.key, checksum: last.checksum };
  if (evidenceType !== last.evidenceType) {
    const said = `The evidence for decision ${decisionId} is of type ${last.evidenceType}.`;
    throw new EvidenceError("conflict", said, members);
  }
  if (corrects === last.checksum) return;
  const said = corrects === undefined
    ? `There is other evidence for decision ${decisionId} already.`
    : `The last evidence for decision ${decisionId} has another checksum than what is corrected.`;
  throw new EvidenceError("conflict", said, members);
}

function versionOf(
  { decisionId, version }: Examined,
  ordinal: number,
  rows: readonly BundleRow[],
): string {
  const taken = new Set(rows.map((row) => row.version));
  if (version !== undefined && taken.has(version)) {
    const said = `There is a version ${version} of the evidence for decision ${decisionId}.`;
    throw new EvidenceError("conflict", said, { version });
  }
  let number = ordinal;
  while (taken.has(`${number}.0`)) number++;
  return version ?? `${number}.0`;
}
