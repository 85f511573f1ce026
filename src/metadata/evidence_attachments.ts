import type { KeptAttachment } from "../evidence/model.ts";
import { ALONE_FOR, insertEntries, type OutboxEntry } from "./evidence_outbox.ts";
import { type Sql, statement, type Transaction } from "./sql.ts";

/** How far an attachment has come, or gone. */
export type AttachmentState = "pending" | "stored" | "deleting" | "deleted";

/** An attachment's row. `sha256` is `""`, and `size` 0, while it is coming in. */
export interface AttachmentRow extends KeptAttachment {
  /** Of its event; stands in the metadata of its object as well. `undefined` for what was found there. */
  readonly operation: string | undefined;
  readonly state: AttachmentState;
}

interface Columns {
  decision_id: string;
  name: string;
  object_key: string;
  content_type: string;
  operation: string | null;
  stored_at: Date;
  sha256: string | null;
  size_bytes: number | null;
  state: AttachmentState;
  seq: number | null;
  event_hash: string | null;
}

/** An attachment that begins to come in. */
export interface BegunAttachment {
  readonly decisionId: string;
  readonly name: string;
  readonly contentType: string;
  readonly storedAt: Date;
  /** Makes the key, of when the first version of the evidence for its decision was created. */
  keyFor(createdAt: Date): string;
}

/** Most attachments of one decision, deleted ones among them: they are deleted together. */
export const MOST_ATTACHMENTS = 10_000;

/** What became of the beginning. `taken`: there is a row already; `full`: there are too many. */
export type Beginning =
  | { readonly kind: "begun"; readonly key: string }
  | { readonly kind: "taken" }
  | { readonly kind: "full" }
  | { readonly kind: "absent" }
  | { readonly kind: "gone" };

/**
 * Inserts the row of an attachment and what says that it is coming in, where there is evidence for
 * its decision that is not being deleted.
 */
export async function beginAttachment(
  sql: Sql,
  entry: Omit<OutboxEntry, "objectKey">,
  { contentType, decisionId, keyFor, name, storedAt }: BegunAttachment,
): Promise<Beginning> {
  return await statement(
    "evidence-attachments.begin",
    () =>
      sql.begin(async (tx): Promise<Beginning> => {
        const decision = await lockDecision(tx, decisionId);
        if (decision === undefined || decision.state === "pending") return { kind: "absent" };
        if (decision.state !== "stored") return { kind: "gone" };
        if (await isFull(tx, decisionId)) return { kind: "full" };
        const key = keyFor(decision.created_at);
        const inserted = await tx`
        INSERT INTO evidence_attachments (decision_id, name, object_key, content_type, operation,
          stored_at, state)
        VALUES (${decisionId}, ${name}, ${key}, ${contentType}, ${entry.id}, ${storedAt}, 'pending')
        ON CONFLICT DO NOTHING RETURNING 1`;
        if (inserted.length === 0) return { kind: "taken" };
        await insertEntries(tx, [{ ...entry, objectKey: key }]);
        return { kind: "begun", key };
      }),
  );
}

async function isFull(tx: Transaction, decisionId: string): Promise<boolean> {
  const full = await tx`
    SELECT 1 FROM evidence_attachments WHERE decision_id = ${decisionId}
    LIMIT 1 OFFSET ${MOST_ATTACHMENTS - 1}`;
  return full.length > 0;
}

/** Its deletion waits until this transaction is over. */
async function lockDecision(
  tx: Transaction,
  decisionId: string,
): Promise<{ readonly created_at: Date; readonly state: AttachmentState } | undefined> {
  const [row] = await tx<{ created_at: Date; state: AttachmentState }[]>`
    SELECT created_at, state FROM evidence_bundles WHERE decision_id = ${decisionId}
    ORDER BY ordinal LIMIT 1 FOR SHARE`;
  return row;
}

/** Says that the process is alive that an attachment comes in at. */
export async function renewAttachment(sql: Sql, operation: string): Promise<void> {
  await statement("evidence-attachments.renew", () =>
    sql`
      UPDATE evidence_outbox SET not_before = now() + ${ALONE_FOR} * interval '1 second'
      WHERE id = ${operation} AND payload IS NULL`);
}

/** What has come in, and is whole. */
export interface ArrivedAttachment {
  readonly operation: string;
  readonly sha256: string;
  readonly size: number;
  readonly storedAt: Date;
  /** Of the event: canonical JSON, without the operation. */
  readonly payload: string;
}

/**
 * Says that the object of an attachment is there: from now on only its event is missing. `false`, and
 * nothing done, where somebody else has said so already, or has dropped the attachment.
 */
export async function arriveAttachment(sql: Sql, arrived: ArrivedAttachment): Promise<boolean> {
  const { operation, payload, sha256, size, storedAt } = arrived;
  const rows = await statement("evidence-attachments.arrive", () =>
    sql`
      WITH turned AS (
        UPDATE evidence_outbox SET payload = ${payload}
        WHERE id = ${operation} AND payload IS NULL RETURNING id
      )
      UPDATE evidence_attachments SET sha256 = decode(${sha256}, 'hex'), size_bytes = ${size},
        stored_at = ${storedAt}
      FROM turned WHERE operation = turned.id RETURNING 1`);
  return rows.length > 0;
}

/**
 * Forgets an attachment that does not come in any more. Nothing happens once it was said that its object
 * is there: of the two, one is done.
 *
 * @returns whether this did it
 */
export async function dropAttachment(sql: Sql, operation: string): Promise<boolean> {
  const rows = await statement("evidence-attachments.drop", () =>
    sql`
      WITH dropped AS (
        DELETE FROM evidence_outbox WHERE id = ${operation} AND payload IS NULL RETURNING id
      )
      DELETE FROM evidence_attachments USING dropped WHERE operation = dropped.id RETURNING 1`);
  return rows.length > 0;
}

/** Begins to delete an attachment that is stored. */
export async function markAttachmentDeleting(
  tx: Transaction,
  decisionId: string,
  name: string,
): Promise<void> {
  await tx`
    UPDATE evidence_attachments SET state = 'deleting'
    WHERE decision_id = ${decisionId} AND name = ${name} AND state = 'stored'`;
}

/** An attachment, whatever its state. `name` in form NFC. */
export async function findAttachmentRow(
  sql: Sql,
  decisionId: string,
  name: string,
): Promise<AttachmentRow | undefined> {
  const [row] = await statement("evidence-attachments.find", () =>
    sql<Columns[]>`
      SELECT ${columns(sql)} FROM evidence_attachments
      WHERE decision_id = ${decisionId} AND name = ${name}`);
  return row && toRow(row);
}

/** Attachments that are stored, whose names come after `after` in the order of their bytes. */
export async function listAttachmentRows(
  sql: Sql,
  decisionId: string,
  after: string,
  limit: number,
): Promise<readonly AttachmentRow[]> {
  const rows = await statement("evidence-attachments.list", () =>
    sql<Columns[]>`
      SELECT ${columns(sql)} FROM evidence_attachments
      WHERE decision_id = ${decisionId} AND state = 'stored' AND name > ${after}
      ORDER BY name LIMIT ${limit}`);
  return rows.map(toRow);
}

function columns(sql: Sql) {
  return sql`decision_id, name, object_key, content_type, operation, stored_at,
    encode(sha256, 'hex') AS sha256, size_bytes, state, seq,
    encode(event_hash, 'hex') AS event_hash`;
}

function toRow(row: Columns): AttachmentRow {
  return {
    decisionId: row.decision_id,
    name: row.name,
    key: row.object_key,
    contentType: row.content_type,
    operation: row.operation ?? undefined,
    storedAt: row.stored_at,
    sha256: row.sha256 ?? "",
    size: row.size_bytes ?? 0,
    state: row.state,
    event: row.seq === null || row.event_hash === null
      ? undefined
      : { seq: row.seq, eventHash: row.event_hash },
  };
}
