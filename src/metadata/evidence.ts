/**
 * The index of evidence: a row for each version of what is kept for a decision. Hashes are hex.
 *
 * @module
 */
import type { KeptBundle } from "../evidence/model.ts";
import { insertEntries, type OutboxEntry } from "./evidence_outbox.ts";
import { type Sql, statement, type Transaction } from "./sql.ts";

/** How far a version has come, or gone. */
export type BundleState = "pending" | "stored" | "deleting" | "deleted";

/** A row of the index. */
export interface BundleRow extends KeptBundle {
  readonly state: BundleState;
  /** As its bundle says it. */
  readonly createdText: string;
  /** Of its type, its metadata and its evidence. */
  readonly fingerprint: string | undefined;
}

/** A version that begins to be stored. */
export type BegunBundle = Omit<BundleRow, "state" | "event">;

/** Which evidence to list; all that is stored without a condition. */
export interface BundleQuery {
  readonly evidenceType?: string;
  /** Created then or later. */
  readonly from?: Date;
  /** Created before. */
  readonly to?: Date;
  /** The last one of the page before. */
  readonly after?: Pick<KeptBundle, "createdAt" | "decisionId" | "ordinal">;
  readonly limit: number;
}

interface Columns {
  decision_id: string;
  ordinal: number;
  evidence_type: string;
  version: string;
  object_key: string;
  created_at: Date;
  created_text: string;
  stored_at: Date;
  checksum: string;
  sha256: string;
  fingerprint: string | null;
  size_bytes: number;
  state: BundleState;
  seq: number | null;
  event_hash: string | null;
}

/** All versions for a decision, whatever their state, the first one first. */
export async function findBundles(
  sql: Sql | Transaction,
  decisionId: string,
): Promise<readonly BundleRow[]> {
  const rows = await sql<Columns[]>`
    SELECT ${bundleColumns(sql)} FROM evidence_bundles
    WHERE decision_id = ${decisionId} ORDER BY ordinal`;
  return rows.map(toBundleRow);
}

/** The state of what is kept at a key, evidence or attachment; `undefined` where the index has none. */
export async function findState(sql: Sql, key: string): Promise<BundleState | undefined> {
  const [row] = await statement("evidence.state", () =>
    sql<{ state: BundleState }[]>`
      SELECT state FROM evidence_bundles WHERE object_key = ${key}
      UNION ALL SELECT state FROM evidence_attachments WHERE object_key = ${key}`);
  return row?.state;
}

/** A page of what is stored, by the time when it was created. */
export async function listBundles(
  sql: Sql,
  { after, evidenceType, from, limit, to }: BundleQuery,
): Promise<readonly BundleRow[]> {
  const ofType = evidenceType === undefined ? sql`` : sql`AND evidence_type = ${evidenceType}`;
  const begin = from === undefined ? sql`` : sql`AND created_at >= ${from}`;
  const end = to === undefined ? sql`` : sql`AND created_at < ${to}`;
  const behind = after === undefined ? sql`` : sql`
    AND (created_at, decision_id, ordinal)
      > (${after.createdAt}::timestamptz, ${after.decisionId}::text COLLATE "C", ${after.ordinal}::int)`;
  const rows = await statement("evidence.list", () =>
    sql<Columns[]>`
      SELECT ${bundleColumns(sql)} FROM evidence_bundles
      WHERE state = 'stored' ${ofType} ${begin} ${end} ${behind}
      ORDER BY created_at, decision_id, ordinal LIMIT ${limit}`);
  return rows.map(toBundleRow);
}

/**
 * Begins to store a version: its row, and what is to be done for it.
 *
 * @returns `false`, and nothing done, where somebody else was faster: there is such a version, or the
 * one before it is not stored any more
 */
export async function beginBundle(
  sql: Sql,
  bundle: BegunBundle,
  entry: OutboxEntry,
): Promise<boolean> {
  return await statement("evidence.begin", () =>
    inDecision(sql, bundle.decisionId, async (tx) => {
      const begun = await tx`
        INSERT INTO evidence_bundles (decision_id, ordinal, evidence_type, version, object_key,
          created_at, created_text, stored_at, checksum, sha256, fingerprint, size_bytes, state)
        SELECT ${bundle.decisionId}, ${bundle.ordinal}::int, ${bundle.evidenceType},
          ${bundle.version}, ${bundle.key}, ${bundle.createdAt}::timestamptz, ${bundle.createdText},
          ${bundle.storedAt}::timestamptz, decode(${bundle.checksum}, 'hex'),
          decode(${bundle.sha256}, 'hex'), decode(${bundle.fingerprint ?? null}, 'hex'),
          ${bundle.size}::bigint, 'pending'
        WHERE ${bundle.ordinal}::int = 1 OR EXISTS (
          SELECT FROM evidence_bundles WHERE decision_id = ${bundle.decisionId}
            AND ordinal = ${bundle.ordinal}::int - 1 AND state = 'stored')
        ON CONFLICT DO NOTHING RETURNING 1`;
      if (begun.length > 0) await insertEntries(tx, [entry]);
      return begun.length > 0;
    }));
}

/**
 * Runs a transaction that has a decision to itself: whatever begins to change its evidence waits for
 * its end. Each further statement sees what others have done before.
 *
 * @param run must wait for nothing but its statements
 */
export async function inDecision<T>(
  sql: Sql,
  decisionId: string,
  run: (tx: Transaction) => Promise<T>,
): Promise<T> {
  const { result } = await sql.begin(async (tx) => {
    await tx`
      SELECT 1 FROM evidence_bundles WHERE decision_id = ${decisionId}
      ORDER BY ordinal LIMIT 1 FOR UPDATE`;
    return { result: await run(tx) };
  });
  return result;
}

/** The columns of {@link toBundleRow}. */
export function bundleColumns(sql: Sql | Transaction) {
  return sql`decision_id, ordinal, evidence_type, version, object_key, created_at, created_text,
    stored_at, encode(checksum, 'hex') AS checksum, encode(sha256, 'hex') AS sha256,
    encode(fingerprint, 'hex') AS fingerprint, size_bytes, state, seq,
    encode(event_hash, 'hex') AS event_hash`;
}

/** A row as it comes from the database. */
export function toBundleRow(row: Columns): BundleRow {
  const { event_hash: eventHash, seq } = row;
  return {
    decisionId: row.decision_id,
    ordinal: row.ordinal,
    evidenceType: row.evidence_type,
    version: row.version,
    key: row.object_key,
    createdAt: row.created_at,
    createdText: row.created_text,
    storedAt: row.stored_at,
    checksum: row.checksum,
    sha256: row.sha256,
    fingerprint: row.fingerprint ?? undefined,
    size: row.size_bytes,
    state: row.state,
    event: seq === null || eventHash === null ? undefined : { seq, eventHash },
  };
}
