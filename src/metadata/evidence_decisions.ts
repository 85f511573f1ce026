/**
 * All that is kept for a decision, for what changes all of it. Hashes are hex.
 *
 * @module
 */
import type { Hold } from "../evidence/model.ts";
import { type BundleRow, type BundleState, findBundles } from "./evidence.ts";
import { entriesOf, type EntryState } from "./evidence_outbox.ts";
import type { Sql, Transaction } from "./sql.ts";

/** A hold, with the operation of its event. */
export interface HoldRow extends Hold {
  readonly operation: string;
}

/** An attachment, as far as it is to be deleted. */
export interface AttachedObject {
  readonly name: string;
  readonly key: string;
  readonly sha256: string;
  readonly size: number;
  readonly storedAt: Date;
  readonly state: BundleState;
}

/** What there is for a decision. */
export interface DecisionState {
  readonly bundles: readonly BundleRow[];
  readonly attachments: readonly AttachedObject[];
  readonly hold: HoldRow | undefined;
  /** What has been begun and is not finished. */
  readonly entries: readonly EntryState[];
}

/** Reads all there is for a decision. */
export async function findDecision(
  tx: Transaction,
  decisionId: string,
): Promise<DecisionState> {
  const attachments = await tx<AttachedObject[]>`
    SELECT name, object_key AS key, coalesce(encode(sha256, 'hex'), '') AS sha256,
      coalesce(size_bytes, 0)::bigint AS size,
      stored_at AS "storedAt", state
    FROM evidence_attachments WHERE decision_id = ${decisionId} ORDER BY name`;
  return {
    bundles: await findBundles(tx, decisionId),
    attachments,
    hold: await findHold(tx, decisionId),
    entries: await entriesOf(tx, decisionId),
  };
}

/** Begins to delete all that is stored for a decision. */
export async function markDeleting(tx: Transaction, decisionId: string): Promise<void> {
  await tx`
    UPDATE evidence_bundles SET state = 'deleting'
    WHERE decision_id = ${decisionId} AND state = 'stored'`;
  await tx`
    UPDATE evidence_attachments SET state = 'deleting'
    WHERE decision_id = ${decisionId} AND state = 'stored'`;
}

/** The hold on a decision. */
export async function findHold(
  sql: Sql | Transaction,
  decisionId: string,
): Promise<HoldRow | undefined> {
  const [row] = await sql<HoldRow[]>`
    SELECT decision_id AS "decisionId", operation, reason, actor, placed_at AS "placedAt"
    FROM evidence_holds WHERE decision_id = ${decisionId}`;
  return row;
}

/** Places a hold where there is none. */
export async function insertHold(tx: Transaction, hold: HoldRow): Promise<void> {
  await tx`
    INSERT INTO evidence_holds (decision_id, operation, reason, actor, placed_at)
    VALUES (${hold.decisionId}, ${hold.operation}, ${hold.reason}, ${hold.actor}, ${hold.placedAt})`;
}

/** Ends a hold. */
export async function deleteHold(tx: Transaction, operation: string): Promise<void> {
  await tx`DELETE FROM evidence_holds WHERE operation = ${operation}`;
}
