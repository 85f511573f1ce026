import { sha256, toHex } from "../../eventlog/verify/bytes.ts";
import { readBundle } from "../bundle.ts";
import { createdAtInstant } from "../created_at.ts";
import type { Bundle } from "../model.ts";
import { evidenceChecksum } from "../python_json.ts";
import { type PreviousVersion, previousVersion } from "./evidence_fact.ts";
import { type EvidenceFault, EvidenceFaultError, faultOf, faultWhere } from "./evidence_fault.ts";
import type { ToldVersion } from "./evidence_history.ts";

/**
 * Verifies that a bundle is the one that an event tells of: its bytes, its checksum, and what it says.
 *
 * @param text the object's bytes, as a text
 * @throws {EvidenceFaultError} with what was expected and what was found
 */
export async function verifyBundleText(
  text: string,
  decisionId: string,
  told: Omit<ToldVersion, "seq" | "eventHash" | "deletedSeq">,
): Promise<Bundle> {
  const { key } = told;
  const demand = demands(key);
  // Half of a surrogate pair has no bytes: another character's would be hashed.
  if (!text.isWellFormed()) throw new EvidenceFaultError("changed-bundle", `${key}: no Unicode`);
  const bytes = new TextEncoder().encode(text);
  demand("changed-bundle", "size", told.size, bytes.length);
  demand("changed-bundle", "SHA-256", told.sha256, toHex(await sha256(bytes)));
  const bundle = faultWhere("malformed-bundle", key, () => readBundle(text));
  demand("another-decision", "decision", decisionId, bundle.decisionId);
  demand("wrong-checksum", "checksum", bundle.checksum, await checksumOf(key, bundle));
  demand("contradicts-event", "checksum", told.checksum, bundle.checksum);
  demand("contradicts-event", "type", told.evidenceType, bundle.evidenceType);
  demand("contradicts-event", "version", told.version, bundle.version);
  const createdAt = createdAtInstant(bundle.createdAt)?.toISOString() ?? "";
  demand("contradicts-event", "time", told.createdAt.toISOString(), createdAt);
  const previous = faultWhere("malformed-bundle", key, () => previousVersion(bundle.metadata));
  demand("broken-chain", "link", linkText(told.previous), linkText(previous));
  return bundle;
}

function demands(key: string) {
  return (
    reason: EvidenceFault,
    what: string,
    expected: string | number,
    found: typeof expected,
  ) => {
    if (expected === found) return;
    const message = `${key}: its ${what} ought to be ${expected}, and is ${found}`;
    throw new EvidenceFaultError(reason, message);
  };
}

async function checksumOf(key: string, { evidenceData }: Bundle): Promise<string> {
  try {
    return await evidenceChecksum(evidenceData);
  } catch (error) {
    throw faultOf("malformed-bundle", key, error);
  }
}

function linkText(previous: PreviousVersion | undefined): string {
  return previous === undefined
    ? "none"
    : `${previous.version} at ${previous.key} with checksum ${previous.checksum}`;
}
