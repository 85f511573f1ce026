import { attachmentKey, correctionKey, firstBundleKey } from "../names.ts";
import { type EvidenceFact, type FactOfObject, readEvidenceFact } from "./evidence_fact.ts";
import { EvidenceFaultError, faultWhere } from "./evidence_fault.ts";
import type { VerifiedEvent } from "./verify_events.ts";

/** Where an event is in the log, and what became of its object later. */
interface Told {
  readonly seq: number;
  readonly eventHash: string;
  /** The event that says that it was deleted; `undefined` for none. */
  readonly deletedSeq: number | undefined;
}

/** A version of the evidence for a decision, as the log tells it. */
export type ToldVersion = Extract<EvidenceFact, { kind: "stored" }> & Told;

/** An attachment, as the log tells it. */
export type ToldAttachment = Extract<EvidenceFact, { kind: "attached" }> & Told;

/** What a log tells of the evidence for a decision. */
export interface EvidenceHistory {
  readonly versions: readonly ToldVersion[];
  readonly attachments: readonly ToldAttachment[];
  /** Whether a legal hold was the last that was said of one. */
  readonly isHeld: boolean;
}

/**
 * What events tell, one after another.
 *
 * @param events in the order of the log, from the first one about the decision
 * @throws {EvidenceFaultError}
 */
export function evidenceHistory(
  decisionId: string,
  events: readonly VerifiedEvent[],
): EvidenceHistory {
  const versions = new Map<string, ToldVersion>();
  const attachments = new Map<string, ToldAttachment>();
  let isHeld = false;
  for (const { event, eventHash } of events) {
    const { seq } = event;
    const fact = faultWhere("malformed-event", `event ${seq}`, () => readEvidenceFact(event));
    const told = { seq, eventHash, deletedSeq: undefined };
    if (fact.kind === "stored") {
      demandNew(versions, fact, seq);
      demandCorrection([...versions.values()].at(-1), fact);
      demandKey(fact.key, bundleKey(decisionId, fact));
      versions.set(fact.key, { ...fact, ...told });
    } else if (fact.kind === "attached") {
      demandNew(attachments, fact, seq);
      demandAttachmentKey(decisionId, fact, [...versions.values()][0]);
      attachments.set(fact.key, { ...fact, ...told });
    } else if (fact.kind === "deleted") {
      markDeleted(versions, fact, seq);
      markDeleted(attachments, fact, seq);
    } else if (fact.kind !== "other") {
      isHeld = fact.kind === "held";
    }
  }
  return { versions: [...versions.values()], attachments: [...attachments.values()], isHeld };
}

function demandNew(told: ReadonlyMap<string, unknown>, { key }: FactOfObject, seq: number): void {
  if (!told.has(key)) return;
  throw new EvidenceFaultError("repeated", `event ${seq} stores ${key}, which was stored before`);
}

function bundleKey(
  decisionId: string,
  fact: Pick<ToldVersion, "evidenceType" | "version" | "createdAt" | "previous">,
): string {
  const key = fact.previous === undefined ? firstBundleKey : correctionKey;
  return key({ ...fact, decisionId });
}

/** The first version may be one that was there before the log was; then there is no month to compare. */
function demandAttachmentKey(
  decisionId: string,
  { key, name }: Pick<ToldAttachment, "key" | "name">,
  first: ToldVersion | undefined,
): void {
  if (first !== undefined) demandKey(key, attachmentKey(decisionId, first.createdAt, name));
}

function demandKey(found: string, expected: string): void {
  if (found === expected) return;
  throw new EvidenceFaultError("wrong-key", `${found} ought to be kept at ${expected}`);
}

/** Each version takes the place of the one before it, and says so. */
function demandCorrection(
  before: ToldVersion | undefined,
  { previous, version }: Pick<ToldVersion, "previous" | "version">,
): void {
  if (before === undefined && previous === undefined) return;
  if (before === undefined) {
    const message = `version ${version} corrects ${previous?.version}, of which there is no event`;
    throw new EvidenceFaultError("missing-event", message);
  }
  const isChained = previous?.version === before.version && previous.key === before.key &&
    previous.checksum === before.checksum;
  if (isChained) return;
  const message = `version ${version} does not correct version ${before.version}, the one before`;
  throw new EvidenceFaultError("broken-chain", message);
}

/** What was stored before there was a log may be deleted as well. */
function markDeleted<Of extends FactOfObject & Told>(
  told: Map<string, Of>,
  { key, sha256 }: FactOfObject,
  seq: number,
): void {
  const object = told.get(key);
  if (object === undefined) return;
  if (object.deletedSeq !== undefined) {
    const message = `event ${seq} deletes ${key}, which was deleted before`;
    throw new EvidenceFaultError("repeated", message);
  }
  if (object.sha256 !== sha256) {
    const message = `event ${seq} deletes another object at ${key} than was stored there`;
    throw new EvidenceFaultError("malformed-event", message);
  }
  told.set(key, { ...object, deletedSeq: seq });
}
