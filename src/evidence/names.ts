/**
 * What things are called: forms of ids, and the keys of objects.
 *
 * @module
 */

/** Of a decision: the same for all versions of its evidence, whatever their type. */
export const DECISION_ID = /^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/;

/** Of a type of evidence. */
export const EVIDENCE_TYPE = /^[a-z0-9][a-z0-9_-]{0,63}$/;

/** Of a version of the evidence for a decision. */
export const VERSION = /^[A-Za-z0-9._-]{1,32}$/;

/** SHA-256, in hex. */
export const SHA256 = /^[0-9a-f]{64}$/;

/** What a key of a bundle is made of. */
export interface BundleName {
  readonly decisionId: string;
  readonly evidenceType: string;
  readonly version: string;
  /** The month is taken from here, in UTC. */
  readonly createdAt: Date;
}

/** Key of the first version for a decision. */
export function firstBundleKey({ decisionId, evidenceType, createdAt }: BundleName): string {
  return `evidence/${evidenceType}/${month(createdAt)}/${decisionId}.json`;
}

/** Key of a later version, which corrects the one before it. */
export function correctionKey(
  { decisionId, evidenceType, version, createdAt }: BundleName,
): string {
  return `evidence/${evidenceType}/${month(createdAt)}/${decisionId}@${version}.json`;
}

/** Key of an attachment. */
export function attachmentKey(decisionId: string, createdAt: Date, name: string): string {
  return `attachments/${month(createdAt)}/${decisionId}/${name}`;
}

/** `YYYY/MM` */
function month(at: Date): string {
  const [year = "", number = ""] = at.toISOString().split("-");
  return `${year}/${number}`;
}
