/**
 * Making the index of evidence again, from events and from objects. What is under way is left alone:
 * its rows are not touched. Hashes are hex.
 *
 * @module
 */
import type { EventPlace } from "../evidence/model.ts";
import type { BegunBundle, BundleState } from "./evidence.ts";
import { type Sql, statement } from "./sql.ts";

/** The two tables that have a row for each object. */
export type IndexTable = "evidence_bundles" | "evidence_attachments";

/** A version of evidence as its event, or its object, tells of it. */
export interface IndexedBundle extends Omit<BegunBundle, "ordinal"> {
  readonly event: EventPlace | undefined;
}

/** An attachment as its event, or its object, tells of it. */
export interface IndexedAttachment {
  readonly decisionId: string;
  readonly name: string;
  readonly key: string;
  readonly contentType: string;
  readonly operation: string | undefined;
  readonly storedAt: Date;
  readonly sha256: string;
  readonly size: number;
  readonly event: EventPlace | undefined;
}

/** What the index has of an object. */
export interface IndexedObject {
  readonly key: string;
  readonly state: BundleState;
  readonly size: number;
  readonly storedAt: Date;
  /** Whether its object has to be read for what the index has not. */
  readonly isIncomplete: boolean;
}

/**
 * Adds a version that is stored, behind those that are there, or the place of its event to the one
 * that is there.
 *
 * @returns `other` where the index has another object of that key; `taken` where it has another
 * version of that name
 */
export async function indexBundle(
  sql: Sql,
  bundle: IndexedBundle,
): Promise<"indexed" | "other" | "taken"> {
  const { event } = bundle;
  const [row] = await statement(
    "evidence_index.bundle",
    () =>
      sql<{ sha256: string | null; added: number }[]>`
      WITH there AS (
        SELECT state, sha256 FROM evidence_bundles WHERE object_key = ${bundle.key}
      ), completed AS (
        UPDATE evidence_bundles SET seq = coalesce(seq, ${event?.seq ?? null}::bigint),
          event_hash = coalesce(event_hash, decode(${event?.eventHash ?? null}, 'hex')),
          fingerprint = coalesce(fingerprint, decode(${bundle.fingerprint ?? null}, 'hex'))
        WHERE object_key = ${bundle.key} AND state IN ('stored', 'deleted')
          AND sha256 = decode(${bundle.sha256}, 'hex')
          AND (seq IS NULL OR fingerprint IS NULL)
      ), added AS (
        INSERT INTO evidence_bundles (decision_id, ordinal, evidence_type, version, object_key,
          created_at, created_text, stored_at, checksum, sha256, fingerprint, size_bytes, state, seq,
          event_hash)
        SELECT ${bundle.decisionId},
          1 + coalesce((SELECT max(ordinal) FROM evidence_bundles
            WHERE decision_id = ${bundle.decisionId}), 0),
          ${bundle.evidenceType}, ${bundle.version}, ${bundle.key}, ${bundle.createdAt}::timestamptz,
          ${bundle.createdText}, ${bundle.storedAt}::timestamptz, decode(${bundle.checksum}, 'hex'),
          decode(${bundle.sha256}, 'hex'), decode(${bundle.fingerprint ?? null}, 'hex'),
          ${bundle.size}::bigint, 'stored', ${event?.seq ?? null}::bigint,
          decode(${event?.eventHash ?? null}, 'hex')
        WHERE NOT EXISTS (SELECT FROM there)
        ON CONFLICT DO NOTHING RETURNING 1
      )
      SELECT (SELECT encode(sha256, 'hex') FROM there) AS sha256,
        (SELECT count(*) FROM added) AS added`,
  );
  if (row === undefined || row.sha256 === null) return row?.added ? "indexed" : "taken";
  return row.sha256 === bundle.sha256 ? "indexed" : "other";
}

/** As {@link indexBundle}, for an attachment. */
export async function indexAttachment(
  sql: Sql,
  attachment: IndexedAttachment,
): Promise<"indexed" | "other" | "taken"> {
  const { event } = attachment;
  const [row] = await statement(
    "evidence_index.attachment",
    () =>
      sql<{ sha256: string | null; isThere: boolean; added: number }[]>`
      WITH there AS (
        SELECT sha256 FROM evidence_attachments WHERE object_key = ${attachment.key}
      ), completed AS (
        UPDATE evidence_attachments SET seq = ${event?.seq ?? null}::bigint,
          event_hash = decode(${event?.eventHash ?? null}, 'hex')
        WHERE object_key = ${attachment.key} AND state IN ('stored', 'deleted') AND seq IS NULL
          AND sha256 = decode(${attachment.sha256}, 'hex')
      ), added AS (
        INSERT INTO evidence_attachments (decision_id, name, object_key, content_type, operation,
          stored_at, sha256, size_bytes, state, seq, event_hash)
        SELECT ${attachment.decisionId}, ${attachment.name}, ${attachment.key},
          ${attachment.contentType}, ${attachment.operation ?? null}::uuid,
          ${attachment.storedAt}::timestamptz, decode(${attachment.sha256}, 'hex'),
          ${attachment.size}::bigint, 'stored', ${event?.seq ?? null}::bigint,
          decode(${event?.eventHash ?? null}, 'hex')
        WHERE NOT EXISTS (SELECT FROM there)
        ON CONFLICT DO NOTHING RETURNING 1
      )
      SELECT EXISTS (SELECT FROM there) AS "isThere",
        (SELECT encode(sha256, 'hex') FROM there) AS sha256,
        (SELECT count(*) FROM added) AS added`,
  );
  if (!row?.isThere) return row?.added ? "indexed" : "taken";
  return row.sha256 === null || row.sha256 === attachment.sha256 ? "indexed" : "other";
}

/** Says of an object that it was deleted, unless something is under way for it. */
export async function indexDeletion(sql: Sql, key: string): Promise<void> {
  await statement("evidence_index.deletion", () =>
    sql`
      WITH attachment AS (
        UPDATE evidence_attachments SET state = 'deleted'
        WHERE object_key = ${key} AND state = 'stored'
          AND NOT EXISTS (SELECT FROM evidence_outbox WHERE object_key = ${key})
      )
      UPDATE evidence_bundles SET state = 'deleted'
      WHERE object_key = ${key} AND state = 'stored'
        AND NOT EXISTS (SELECT FROM evidence_outbox WHERE object_key = ${key})`);
}

/** A hold as its event tells of it. */
export interface IndexedHold {
  readonly decisionId: string;
  readonly operation: string;
  readonly reason: string;
  readonly actor: string;
  readonly placedAt: Date;
}

/** Places a hold again, unless its decision is held, or is being released. */
export async function indexHold(sql: Sql, hold: IndexedHold): Promise<void> {
  await statement("evidence_index.hold", () =>
    sql`
      INSERT INTO evidence_holds (decision_id, operation, reason, actor, placed_at)
      SELECT ${hold.decisionId}, ${hold.operation}::uuid, ${hold.reason}, ${hold.actor},
        ${hold.placedAt}::timestamptz
      WHERE NOT EXISTS (SELECT FROM evidence_outbox WHERE decision_id = ${hold.decisionId}
        AND event_type = 'EvidenceReleased')
      ON CONFLICT DO NOTHING`);
}

/** Ends the hold that an event has placed; no later one. */
export async function indexRelease(sql: Sql, operation: string): Promise<void> {
  await statement(
    "evidence_index.release",
    () => sql`DELETE FROM evidence_holds WHERE operation = ${operation}::uuid`,
  );
}

/** What the index has between two keys: behind the first, up to the last, in the order of bytes. */
export async function indexedBetween(
  sql: Sql,
  table: IndexTable,
  after: string,
  upTo: string,
  limit: number,
): Promise<readonly IndexedObject[]> {
  const isIncomplete = table === "evidence_bundles" ? sql`fingerprint IS NULL` : sql`false`;
  return await statement("evidence_index.between", () =>
    sql<IndexedObject[]>`
      SELECT object_key AS key, state, coalesce(size_bytes, 0)::bigint AS size,
        stored_at AS "storedAt", ${isIncomplete} AS "isIncomplete"
      FROM ${sql(table)} WHERE object_key > ${after} AND object_key <= ${upTo}
      ORDER BY object_key LIMIT ${limit}`);
}

/** How many are stored, and how many of these have no event. */
export async function countIndexed(
  sql: Sql,
  table: IndexTable,
): Promise<{ readonly stored: number; readonly withoutEvent: number }> {
  const [counts] = await statement(
    "evidence_index.count",
    () =>
      sql<{ stored: number; withoutEvent: number }[]>`
      SELECT count(*) AS stored, count(*) FILTER (WHERE seq IS NULL) AS "withoutEvent"
      FROM ${sql(table)} WHERE state = 'stored'`,
  );
  return counts ?? { stored: 0, withoutEvent: 0 };
}
