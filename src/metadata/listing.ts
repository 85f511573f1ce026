import type { ChecksumAlgorithm, ChecksumType } from "../digest/checksum.ts";
import type { ListedObject } from "../storage/model.ts";
import type { ListEntry, ListObjects, ObjectPage } from "../storage/requests.ts";
import { successor } from "./key_range.ts";
import { type Sql, statement } from "./sql.ts";

interface EntryRow {
  /** The common prefix, or `null` for an object. */
  prefix: string | null;
  object_key: string;
  size_bytes: number;
  etag: string | null;
  created_at: Date;
  owner: string;
  storage_class: string | null;
  checksum_algorithm: ChecksumAlgorithm | null;
  checksum_type: ChecksumType | null;
}

function toEntry(row: EntryRow): ListEntry {
  if (row.prefix !== null) return { kind: "prefix", prefix: row.prefix };
  const object: ListedObject = {
    key: row.object_key,
    size: row.size_bytes,
    etag: row.etag ?? "",
    lastModified: row.created_at,
    owner: row.owner,
    storageClass: row.storage_class ?? undefined,
    checksumAlgorithm: row.checksum_algorithm ?? undefined,
    checksumType: row.checksum_type ?? undefined,
  };
  return { kind: "object", object };
}

/** One page of a bucket, read off the primary key: its cost depends on the page alone. */
export async function listObjects(sql: Sql, list: ListObjects): Promise<ObjectPage> {
  if (list.limit === 0) return { entries: [], truncated: false };
  const rows = list.delimiter === "" ? await flatPage(sql, list) : await groupedPage(sql, list);
  return {
    entries: rows.slice(0, list.limit).map(toEntry),
    truncated: rows.length > list.limit,
  };
}

/** `key < successor(prefix)`, or nothing where no key can come after the prefix. */
function below(sql: Sql, prefix: string): ReturnType<Sql> {
  const end = successor(prefix);
  return end === undefined ? sql`` : sql`AND o.object_key < ${end}`;
}

async function flatPage(sql: Sql, list: ListObjects): Promise<readonly EntryRow[]> {
  return await statement("objects.list", () =>
    sql<EntryRow[]>`
      SELECT NULL AS prefix, object_key, size_bytes, etag, created_at, owner,
        headers ->> 'storageClass' AS storage_class, checksum_algorithm, checksum_type
      FROM object_locations AS o
      WHERE bucket = ${list.bucket} AND o.object_key >= ${list.prefix}
        AND o.object_key > ${list.after} ${below(sql, list.prefix)}
      ORDER BY o.object_key LIMIT ${list.limit + 1}`);
}

/**
 * Steps from entry to entry: each step asks the index for the first key at or after where the last
 * one ended, which for a common prefix is behind all that it groups.
 *
 * A common prefix that `after` is, or lies in, has been listed already.
 */
async function groupedPage(sql: Sql, list: ListObjects): Promise<readonly EntryRow[]> {
  const { bucket, prefix, delimiter, limit } = list;
  const delimiterEnd = successor(delimiter) ?? delimiter + "\u{10FFFF}".repeat(256);
  // U+0001 is the least character that a key can hold: nothing lies between a key and key+U+0001.
  return await statement("objects.list-grouped", () =>
    sql<EntryRow[]>`
      WITH RECURSIVE walk AS (
        SELECT 0 AS n, ${
      start(list, delimiterEnd)
    }::text COLLATE "C" AS next, NULL::text COLLATE "C" AS prefix,
          NULL::text COLLATE "C" AS object_key, 0::bigint AS size_bytes, NULL::text AS etag,
          now() AS created_at, NULL::text AS owner, NULL::text AS storage_class,
          NULL::text AS checksum_algorithm, NULL::text AS checksum_type
        UNION ALL
        SELECT walk.n + 1,
          CASE WHEN o.cut > 0
            THEN left(o.object_key, ${[...prefix].length - 1} + o.cut) || ${delimiterEnd}
            ELSE o.object_key || ${"\u0001"} END,
          CASE WHEN o.cut > 0
            THEN left(o.object_key, ${[...prefix].length - 1} + o.cut) || ${delimiter} END,
          o.object_key, o.size_bytes, o.etag, o.created_at, o.owner,
          o.headers ->> 'storageClass', o.checksum_algorithm, o.checksum_type
        FROM walk CROSS JOIN LATERAL (
          SELECT o.*, strpos(substr(o.object_key, ${[...prefix].length + 1}), ${delimiter}) AS cut
          FROM object_locations AS o
          WHERE o.bucket = ${bucket} AND o.object_key >= walk.next ${below(sql, prefix)}
          ORDER BY o.object_key LIMIT 1
        ) AS o
        WHERE walk.n <= ${limit}
      )
      SELECT prefix, object_key, size_bytes, etag, created_at, owner, storage_class,
        checksum_algorithm, checksum_type
      FROM walk WHERE n > 0 ORDER BY n`);
}

/** The least key that the first step may find. */
function start({ prefix, delimiter, after }: ListObjects, delimiterEnd: string): string {
  if (!after.startsWith(prefix)) return afterPrefix(after, prefix);
  const cut = after.indexOf(delimiter, prefix.length);
  if (cut >= 0) return after.slice(0, cut) + delimiterEnd;
  return after === "" ? "" : after + "\u0001";
}

/** For an `after` outside the prefix: the prefix itself, or nothing when `after` is behind it. */
function afterPrefix(after: string, prefix: string): string {
  return compareBytes(after, prefix) < 0 ? prefix : after + "\u0001";
}

/** Compares as UTF-8 bytes, which JavaScript's own comparison of UTF-16 units is not. */
function compareBytes(a: string, b: string): number {
  const encoder = new TextEncoder();
  const [left, right] = [encoder.encode(a), encoder.encode(b)];
  const differs = left.findIndex((byte, i) => byte !== right[i]);
  if (differs < 0) return left.length - right.length;
  return (left[differs] ?? 0) - (right[differs] ?? -1);
}
