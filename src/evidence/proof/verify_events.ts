import { canonicalJson } from "../../eventlog/canonical_json.ts";
import { type LogEvent, readEvent } from "../../eventlog/event.ts";
import { isJsonObject, JsonError, parseJson } from "../../eventlog/json.ts";
import { type Checkpoint, openCheckpoint } from "../../eventlog/verify/checkpoint.ts";
import { NoteError, type VerifierKey } from "../../eventlog/verify/note.ts";
import { type LogProof, parseProof } from "../../eventlog/verify/proof.ts";
import { verifyRecordIn } from "../../eventlog/verify/verify_proof.ts";
import { EvidenceFaultError, faultWhere } from "./evidence_fault.ts";
import type { EvidenceProof, ProvenEvent } from "./evidence_proof.ts";

/** An event of which it is verified that the log has it. */
export interface VerifiedEvent {
  readonly event: LogEvent;
  readonly eventHash: string;
}

/**
 * Verifies that a log has all events of a proof, and that they are about its decision.
 *
 * @param origin the log that it must be; the one that the key is named after without it
 * @throws {EvidenceFaultError}
 */
export async function verifyEvents(
  proof: EvidenceProof,
  key: VerifierKey,
  origin?: string,
): Promise<{ readonly checkpoint: Checkpoint; readonly events: readonly VerifiedEvent[] }> {
  const opened = await openCheckpoint(proof.checkpoint, key, origin);
  if (!opened.ok) throw new EvidenceFaultError(opened.reason, opened.message);
  const events: VerifiedEvent[] = [];
  let from = proof.from_seq;
  for (const proven of proof.events) {
    demandOrder(proven, from, proof.next_from_seq);
    events.push(await verifyEvent(proof, proven, opened.checkpoint));
    from = proven.seq + 1;
  }
  return { checkpoint: opened.checkpoint, events };
}

function demandOrder({ seq }: ProvenEvent, from: number, end: number | null): void {
  if (seq >= from && (end === null || seq < end)) return;
  throw new EvidenceFaultError("wrong-order", `event ${seq} is not where the log has it`);
}

async function verifyEvent(
  { checkpoint: note, decision_id: decisionId }: EvidenceProof,
  { seq, record, tlog_proof }: ProvenEvent,
  checkpoint: Checkpoint,
): Promise<VerifiedEvent> {
  const what = `event ${seq}`;
  const proof = readProof(what, tlog_proof);
  if (proof.note !== note) {
    const message = `${what} is proven against another checkpoint than the others`;
    throw new EvidenceFaultError("another-checkpoint", message);
  }
  const verified = await verifyRecordIn(checkpoint, record, proof);
  if (!verified.ok) throw new EvidenceFaultError(verified.reason, `${what}: ${verified.message}`);
  if (verified.seq !== seq) {
    throw new EvidenceFaultError("wrong-index", `${what}: the record is ${verified.seq}`);
  }
  const event = faultWhere("malformed-record", what, () => eventOf(record));
  if (event.aggregateId !== decisionId) {
    const message = `${what} is about ${JSON.stringify(event.aggregateId)}, not ${decisionId}`;
    throw new EvidenceFaultError("another-decision", message);
  }
  return { event, eventHash: verified.eventHash };
}

function readProof(what: string, text: string): LogProof {
  try {
    return parseProof(text);
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    throw new EvidenceFaultError("malformed-proof", `${what}: ${error.message}`);
  }
}

/** There is one way to write a record, so nobody can read something else in it. */
function eventOf(record: string): LogEvent {
  const members = parseJson(record);
  if (!isJsonObject(members) || canonicalJson(members) !== record) {
    throw new JsonError("this is not how a log writes a record");
  }
  return readEvent(members["event"]);
}
