import { canonicalJson } from "../eventlog/canonical_json.ts";
import { JsonNumber, type JsonObject } from "../eventlog/json.ts";
import type { OutboxEntry } from "../metadata/evidence_outbox.ts";

/** An object that is to be deleted, as its event tells of it. */
export interface DeletedObject {
  readonly key: string;
  readonly checksum: string;
  readonly sha256: string;
  readonly size: number;
}

/** Who deletes, of which decision, and where the event cannot be before. */
export interface DeletionRequest {
  readonly actor: string;
  readonly decisionId: string;
  readonly fromSeq: number;
}

/** What is to be done to delete an object. @param said what else its event says */
export function deletionEntry(
  { checksum, key, sha256, size }: DeletedObject,
  { actor, decisionId, fromSeq }: DeletionRequest,
  said: JsonObject = {},
): OutboxEntry {
  return {
    id: crypto.randomUUID(),
    decisionId,
    objectKey: key,
    action: "delete",
    eventType: "EvidenceDeleted",
    payload: canonicalJson({
      decision_id: decisionId,
      key,
      checksum,
      sha256,
      size: new JsonNumber(String(size)),
      actor,
      ...said,
    }),
    fromSeq,
  };
}
