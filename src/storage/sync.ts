import type { Backend, BackendKey, Held } from "../backends/backend.ts";
import { findKnownKeys, type ImportedObject, importObjects } from "../metadata/imports.ts";
import type { Sql } from "../metadata/sql.ts";
import { isOwnKey } from "./backend_key.ts";
import { StorageError } from "./storage_error.ts";
import { newVersion } from "./version.ts";

export interface SyncOptions {
  readonly sql: Sql;
  readonly backend: Backend;
  /** The bucket that gets the objects. */
  readonly bucket: string;
  /** Only keys that begin with it. */
  readonly prefix: string;
  /** Look, and write nothing. */
  readonly dryRun: boolean;
  /** Import even what the quota has no room for. */
  readonly overQuota: boolean;
}

/** Totals so far; the last one is the result. */
export interface SyncProgress {
  readonly page: number;
  readonly imported: number;
  readonly skipped: number;
  /** Bytes of what was imported. */
  readonly bytes: number;
}

/** Objects that are asked for their headers at the same time. */
const HEADS_AT_ONCE = 16;

/**
 * Gives rows to the objects that a backend holds and that nobody knows of, page by page. What is
 * known is skipped, and so is what Holdfast wrote itself; so it can be run again after it broke off.
 *
 * Throws `InsufficientStorage` when the quota is full: what came before is imported.
 */
export async function* syncBackend(options: SyncOptions): AsyncGenerator<SyncProgress> {
  let total: SyncProgress = { page: 0, imported: 0, skipped: 0, bytes: 0 };
  for await (const page of options.backend.list(options.prefix)) {
    const { imported, bytes } = await importPage(options, page);
    total = {
      page: total.page + 1,
      imported: total.imported + imported,
      skipped: total.skipped + page.length - imported,
      bytes: total.bytes + bytes,
    };
    yield total;
  }
}

/** How many objects a backend holds under a prefix. */
export async function countHeld(backend: Backend, prefix: string): Promise<number> {
  let count = 0;
  for await (const page of backend.list(prefix)) count += page.length;
  return count;
}

async function importPage(
  options: SyncOptions,
  page: readonly Held[],
): Promise<{ imported: number; bytes: number }> {
  const unknown = await unknownObjects(options, page);
  if (options.dryRun) {
    return { imported: unknown.length, bytes: unknown.reduce((sum, held) => sum + held.size, 0) };
  }
  const objects = await withHeaders(options.backend, unknown);
  if (objects.length === 0) return { imported: 0, bytes: 0 };
  const { sql, backend, bucket, overQuota } = options;
  const whole = await importObjects(sql, backend.name, bucket, objects, overQuota);
  return whole ?? await importWhatFits(options, objects);
}

async function unknownObjects(
  { sql, backend, bucket }: SyncOptions,
  page: readonly Held[],
): Promise<readonly Held[]> {
  const foreign = page.filter((held) => !isOwnKey(held.key));
  const known = await findKnownKeys(sql, backend.name, bucket, foreign.map((held) => held.key));
  return foreign.filter((held) => !known.has(held.key));
}

/** A listing has no content type and no metadata: every object is asked for its own. */
async function withHeaders(
  backend: Backend,
  held: readonly Held[],
): Promise<readonly ImportedObject[]> {
  const objects: ImportedObject[] = [];
  for (let at = 0; at < held.length; at += HEADS_AT_ONCE) {
    const heads = await Promise.all(
      held.slice(at, at + HEADS_AT_ONCE).map(({ key }) => backend.head(key)),
    );
    // One that was deleted since it was listed is simply not there.
    for (const head of heads) if (head) objects.push(toImported(head));
  }
  return objects;
}

function toImported(head: Held): ImportedObject {
  return {
    key: head.key,
    version: newVersion(),
    size: head.size,
    etag: head.etag,
    lastModified: head.lastModified,
    headers: { contentType: head.contentType, metadata: head.metadata ?? {} },
  };
}

/** A page that has no room as a whole: its objects one by one, up to the first that does not fit. */
async function importWhatFits(
  { sql, backend, bucket }: SyncOptions,
  objects: readonly ImportedObject[],
): Promise<{ imported: number; bytes: number }> {
  const sum = { imported: 0, bytes: 0 };
  for (const object of objects) {
    const done = await importObjects(sql, backend.name, bucket, [object], false);
    if (!done) throw noRoom(backend.name, object.key);
    sum.imported += done.imported;
    sum.bytes += done.bytes;
  }
  return sum;
}

function noRoom(backend: string, key: BackendKey): StorageError {
  return new StorageError(
    "InsufficientStorage",
    `The quota of backend ${backend} has no room for ${key}. Raise quota_bytes, or import with --over-quota.`,
  );
}
