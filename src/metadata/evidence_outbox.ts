/**
 * What has been begun of evidence and must be finished: see `0006_evidence.sql`.
 *
 * @module
 */
import type postgres from "postgres";
import type { EventPlace, EvidenceEventType } from "../evidence/model.ts";
import { type Sql, statement, type Transaction } from "./sql.ts";

/** What is to be done with the object before the event is recorded. */
export type OutboxAction = "put" | "upload" | "delete" | "none";

/** What is kept with an object, or has to be known when it has come in. */
export interface EntryDescription {
  readonly contentType: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** An object to be written or deleted together with its event. */
export interface OutboxEntry {
  /** A UUID; `operation` in the event. */
  readonly id: string;
  readonly decisionId: string;
  /** Empty for action `none`. */
  readonly objectKey: string;
  readonly action: OutboxAction;
  /** Of action `put`. */
  readonly content?: Uint8Array<ArrayBuffer>;
  readonly description?: EntryDescription;
  readonly eventType: EvidenceEventType;
  /** Canonical JSON, without the operation; `undefined` while an upload is coming in. */
  readonly payload?: string;
  /** The event is nowhere in the log before this place. */
  readonly fromSeq: number;
}

/** What there is to know of an entry before it is worked on. */
export interface EntryState {
  readonly id: string;
  readonly objectKey: string;
  readonly action: OutboxAction;
  readonly eventType: EvidenceEventType;
  /** Whether it is an upload that is coming in. */
  readonly isComingIn: boolean;
  /** Whether nobody works on it, as far as is known. */
  readonly isDue: boolean;
}

/**
 * Seconds that who begins something has it to himself, so that it is not done twice for nothing.
 * Nothing wrong happens when it takes longer.
 */
export const ALONE_FOR = 60;

/** Seconds: the wait after a failure, doubled by each further one, and the longest. */
const [FIRST_WAIT, LONGEST_WAIT] = [60, 3_600];

interface EntryRow {
  id: string;
  decision_id: string;
  object_key: string;
  action: OutboxAction;
  content: Uint8Array<ArrayBuffer> | null;
  description: EntryDescription | null;
  event_type: EvidenceEventType;
  payload: string | null;
  from_seq: number;
}

/** Adds entries to what a transaction does: many are sent without waiting for each. */
export async function insertEntries(
  tx: Transaction,
  entries: readonly OutboxEntry[],
): Promise<void> {
  await Promise.all(entries.map((entry) =>
    tx`
      INSERT INTO evidence_outbox (id, decision_id, object_key, action, content, description,
        event_type, payload, from_seq, not_before)
      VALUES (${entry.id}, ${entry.decisionId}, ${entry.objectKey}, ${entry.action},
        ${entry.content ?? null}, ${entry.description ? tx.json({ ...entry.description }) : null},
        ${entry.eventType}, ${entry.payload ?? null}, ${entry.fromSeq},
        now() + ${ALONE_FOR} * interval '1 second')`
  ));
}

/**
 * Takes an entry over, whoever has it: from now on nobody may take it back. It is due again when the
 * wait after a failure has passed.
 *
 * @returns `undefined` where it is finished, or was taken back
 */
export async function claimEntry(sql: Sql, id: string): Promise<OutboxEntry | undefined> {
  const [row] = await statement("evidence_outbox.claim", () =>
    sql<EntryRow[]>`
      UPDATE evidence_outbox SET ${claimed(sql)} WHERE id = ${id} RETURNING *`);
  return row && toEntry(row);
}

/** Takes the next entry over that is due; others that do the same take other ones. */
export async function claimDueEntry(sql: Sql): Promise<OutboxEntry | undefined> {
  const [row] = await statement("evidence_outbox.claim-due", () =>
    sql<EntryRow[]>`
      UPDATE evidence_outbox SET ${claimed(sql)}
      WHERE id = (SELECT id FROM evidence_outbox WHERE not_before <= now()
        ORDER BY not_before LIMIT 1 FOR UPDATE SKIP LOCKED)
      RETURNING *`);
  return row && toEntry(row);
}

/** What has been begun for a decision, in the order in which it was. */
export async function entriesOf(
  sql: Sql | Transaction,
  decisionId: string,
): Promise<readonly EntryState[]> {
  return await sql<EntryState[]>`
    SELECT id, object_key AS "objectKey", action, event_type AS "eventType",
      payload IS NULL AS "isComingIn", not_before <= now() AS "isDue"
    FROM evidence_outbox WHERE decision_id = ${decisionId} ORDER BY begun_at, id`;
}

/** How many entries there are that were not finished at the first attempt; `most` are counted. */
export async function countFailing(sql: Sql, most: number): Promise<number> {
  const [row] = await statement("evidence_outbox.count-failing", () =>
    sql<{ failing: number }[]>`
      SELECT count(*) AS failing
      FROM (SELECT FROM evidence_outbox WHERE attempts > 0 LIMIT ${most}) AS failing`);
  return row?.failing ?? 0;
}

/** Lets others go on at once with what its beginner gives up. */
export async function giveUpEntry(sql: Sql, id: string): Promise<void> {
  await statement("evidence_outbox.give-up", () =>
    sql`
      UPDATE evidence_outbox SET attempts = 1, not_before = now()
      WHERE id = ${id} AND attempts = 0`);
}

/**
 * Undoes what its beginner knows to be refused: nothing, once anybody else has taken it over.
 *
 * @returns whether it is undone
 */
export async function takeEntryBack(sql: Sql, id: string): Promise<boolean> {
  return await undoEntry(sql, id, sql`AND attempts = 0`);
}

/** Undoes what can never be done, whoever has it. Returns whether this did it. */
export async function dropEntry(sql: Sql, id: string): Promise<boolean> {
  return await undoEntry(sql, id, sql``);
}

async function undoEntry(
  sql: Sql,
  id: string,
  condition: postgres.PendingQuery<postgres.Row[]>,
): Promise<boolean> {
  const [row] = await statement("evidence_outbox.undo", () =>
    sql`
      WITH taken AS (
        DELETE FROM evidence_outbox WHERE id = ${id} ${condition} RETURNING object_key
      ), bundles AS (
        DELETE FROM evidence_bundles AS b USING taken
        WHERE b.object_key = taken.object_key AND b.state = 'pending'
      ), attachments AS (
        DELETE FROM evidence_attachments AS a USING taken
        WHERE a.object_key = taken.object_key AND a.state = 'pending'
      )
      SELECT object_key FROM taken`);
  return row !== undefined;
}

/**
 * Ends an entry whose object and event are done: what it is about is stored, or deleted.
 *
 * @returns `false` where somebody else has ended it
 */
export async function finishEntry(
  sql: Sql,
  id: string,
  { eventHash, seq }: EventPlace,
): Promise<boolean> {
  const [row] = await statement("evidence_outbox.finish", () =>
    sql`
      WITH done AS (
        DELETE FROM evidence_outbox WHERE id = ${id} RETURNING object_key, event_type
      ), stored_bundle AS (
        UPDATE evidence_bundles AS b
        SET state = 'stored', seq = ${seq}, event_hash = decode(${eventHash}, 'hex')
        FROM done WHERE done.event_type = 'EvidenceStored'
          AND b.object_key = done.object_key AND b.state = 'pending'
      ), stored_attachment AS (
        UPDATE evidence_attachments AS a
        SET state = 'stored', seq = ${seq}, event_hash = decode(${eventHash}, 'hex')
        FROM done WHERE done.event_type = 'AttachmentStored'
          AND a.object_key = done.object_key AND a.state = 'pending'
      ), deleted_bundle AS (
        UPDATE evidence_bundles AS b SET state = 'deleted'
        FROM done WHERE done.event_type = 'EvidenceDeleted'
          AND b.object_key = done.object_key AND b.state = 'deleting'
      ), deleted_attachment AS (
        UPDATE evidence_attachments AS a SET state = 'deleted'
        FROM done WHERE done.event_type = 'EvidenceDeleted'
          AND a.object_key = done.object_key AND a.state = 'deleting'
      )
      SELECT 1 FROM done`);
  return row !== undefined;
}

function claimed(sql: Sql) {
  return sql`attempts = attempts + 1,
    not_before = now() + least(${FIRST_WAIT} * 2 ^ least(attempts, 10), ${LONGEST_WAIT})
      * interval '1 second'`;
}

function toEntry(row: EntryRow): OutboxEntry {
  return {
    id: row.id,
    decisionId: row.decision_id,
    objectKey: row.object_key,
    action: row.action,
    content: row.content ?? undefined,
    description: row.description ?? undefined,
    eventType: row.event_type,
    payload: row.payload ?? undefined,
    fromSeq: row.from_seq,
  };
}
