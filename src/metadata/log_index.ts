/**
 * The index of a log of events: which of them are of an aggregate, or of a type. Hashes are hex.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type Sql, statement } from "./sql.ts";

/** How far an index goes. */
export interface IndexPosition {
  /** Of the chain of events that it is made of. */
  readonly id: number;
  readonly nextSeq: number;
  readonly prevHash: string;
}

/** An event as the index has it. */
export interface IndexedEvent {
  readonly seq: number;
  readonly eventHash: string;
}

/** An event that is put into an index. */
export interface EventToIndex extends IndexedEvent {
  readonly aggregateId: string;
  readonly type: string;
}

/** Which events to find: those for which all holds that is given. */
export interface EventFilter {
  readonly aggregateId?: string;
  /** Any of them. */
  readonly types?: readonly string[];
}

/** The index of a log; one that is empty where there is none yet. */
export async function openIndex(sql: Sql, firstHash: string): Promise<IndexPosition> {
  // Once it is there nothing is written: many ask, and one makes it.
  const row = await indexOf(sql, firstHash) ?? await makeIndex(sql, firstHash);
  if (row === undefined) throw new Error("the index of the log could not be opened");
  return row;
}

/**
 * Puts the events that follow into an index.
 *
 * @param events in their order, without a gap, behind `from`
 * @returns `false` where somebody else was faster: then nothing was put into it
 */
export async function extendIndex(
  sql: Sql,
  from: IndexPosition,
  events: readonly EventToIndex[],
): Promise<boolean> {
  const last = events.at(-1);
  if (last === undefined) return true;
  const { count } = await statement("log_index.extend", () =>
    sql`
      WITH extended AS (
        UPDATE log_index
        SET next_seq = ${last.seq + 1}, prev_hash = decode(${last.eventHash}, 'hex')
        WHERE id = ${from.id} AND next_seq = ${from.nextSeq}
        RETURNING id)
      INSERT INTO log_events (log_id, seq, aggregate_hash, type_hash, event_hash)
      SELECT extended.id, e.seq, decode(e.aggregate, 'hex'), decode(e.type, 'hex'),
        decode(e.hash, 'hex')
      FROM extended, unnest(
        ${events.map(({ seq }) => seq)}::bigint[],
        ${events.map(({ aggregateId }) => digest(aggregateId))}::text[],
        ${events.map(({ type }) => digest(type))}::text[],
        ${events.map(({ eventHash }) => eventHash)}::text[]
      ) AS e (seq, aggregate, type, hash)`);
  return count > 0;
}

/** Forgets an index, for it to be made again. */
export async function dropIndex(sql: Sql, id: number): Promise<void> {
  await statement("log_index.drop", () => sql`DELETE FROM log_index WHERE id = ${id}`);
}

/**
 * Finds events from one place on, in their order.
 *
 * @returns `undefined` where the index is gone
 */
export async function findEvents(
  sql: Sql,
  id: number,
  { aggregateId, types }: EventFilter,
  fromSeq: number,
  limit: number,
): Promise<readonly IndexedEvent[] | undefined> {
  const ofAggregate = aggregateId === undefined
    ? sql``
    : sql`AND aggregate_hash = decode(${digest(aggregateId)}, 'hex')`;
  const ofType = types === undefined ? sql`` : ofTypes(sql, types);
  const rows = await statement(
    "log_index.find",
    () =>
      sql<{ seq: number | null; eventHash: string }[]>`
      SELECT found.seq, encode(found.event_hash, 'hex') AS "eventHash"
      FROM log_index LEFT JOIN LATERAL (
        SELECT seq, event_hash FROM log_events
        WHERE log_id = log_index.id AND seq >= ${fromSeq} ${ofAggregate} ${ofType}
        ORDER BY seq LIMIT ${limit}) AS found ON true
      WHERE log_index.id = ${id}`,
  );
  if (rows.length === 0) return undefined;
  return rows.flatMap(({ seq, eventHash }) => seq === null ? [] : [{ seq, eventHash }]);
}

/** Of a single type they are in the order of an index. */
function ofTypes(sql: Sql, types: readonly string[]) {
  const [first = "", ...more] = types.map(digest);
  return more.length === 0
    ? sql`AND type_hash = decode(${first}, 'hex')`
    : sql`AND type_hash IN (SELECT decode(t, 'hex') FROM unnest(${[first, ...more]}::text[]) AS t)`;
}

async function indexOf(sql: Sql, firstHash: string): Promise<IndexPosition | undefined> {
  const [row] = await statement("log_index.open", () =>
    sql<IndexPosition[]>`
      SELECT id, next_seq AS "nextSeq", encode(prev_hash, 'hex') AS "prevHash"
      FROM log_index WHERE first_hash = decode(${firstHash}, 'hex')`);
  return row;
}

/** An empty one, or the one that somebody else has just made. */
async function makeIndex(sql: Sql, firstHash: string): Promise<IndexPosition | undefined> {
  const [row] = await statement("log_index.make", () =>
    sql<IndexPosition[]>`
      INSERT INTO log_index (first_hash, next_seq, prev_hash)
      VALUES (decode(${firstHash}, 'hex'), 0, '')
      ON CONFLICT (first_hash) DO UPDATE SET first_hash = excluded.first_hash
      RETURNING id, next_seq AS "nextSeq", encode(prev_hash, 'hex') AS "prevHash"`);
  return row;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
