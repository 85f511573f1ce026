import { successor } from "../metadata/key_range.ts";
import { scanUploads } from "../metadata/uploads.ts";
import type { StorageContext } from "./context.ts";
import type { ListUploads, UploadPage } from "./requests.ts";

type Entry = UploadPage["entries"][number];

/** Where the scan goes on: at a key, or behind one upload of it. */
interface Cursor {
  readonly from: string;
  readonly afterUploadId?: string;
}

/**
 * Uploads under way, by key and then by upload id. Uploads are few beside objects: they are read in
 * pages, and only a common prefix that goes on beyond its page is skipped by a new query.
 */
export async function listMultipartUploads(
  ctx: StorageContext,
  list: ListUploads,
): Promise<UploadPage> {
  await ctx.buckets.require(list.bucket);
  const entries: Entry[] = [];
  if (list.limit === 0) return { entries, truncated: false };
  let cursor: Cursor | undefined = start(list);
  while (cursor && entries.length <= list.limit) cursor = await scan(ctx, list, cursor, entries);
  return { entries: entries.slice(0, list.limit), truncated: entries.length > list.limit };
}

/** Reads one page into `entries`. Returns where to go on, or `undefined` at the end. */
async function scan(
  ctx: StorageContext,
  list: ListUploads,
  cursor: Cursor,
  entries: Entry[],
): Promise<Cursor | undefined> {
  const wanted = list.limit + 1 - entries.length;
  const end = successor(list.prefix);
  const page = await scanUploads(
    ctx.sql,
    list.bucket,
    cursor.from,
    cursor.afterUploadId,
    end,
    wanted,
  );
  for (const upload of page) {
    const prefix = commonPrefix(list, upload.key);
    if (prefix === undefined) {
      entries.push({ kind: "upload", upload });
      continue;
    }
    entries.push({ kind: "prefix", prefix });
    const next = successor(prefix);
    return next === undefined ? undefined : { from: next };
  }
  const last = page.at(-1);
  return last && page.length === wanted
    ? { from: last.key, afterUploadId: last.uploadId }
    : undefined;
}

function start({ prefix, keyMarker, uploadIdMarker, ...list }: ListUploads): Cursor | undefined {
  if (keyMarker === "") return { from: prefix };
  const grouped = commonPrefix({ prefix, ...list }, keyMarker);
  if (grouped !== undefined) {
    const next = successor(grouped);
    return next === undefined ? undefined : { from: next };
  }
  if (uploadIdMarker !== "") {
    return later(prefix, { from: keyMarker, afterUploadId: uploadIdMarker });
  }
  return later(prefix, { from: keyMarker + "\u0001" });
}

/** The prefix's first key when the cursor lies before it. Compared by code points, as the keys are. */
function later(prefix: string, cursor: Cursor): Cursor {
  return comesBefore(cursor.from, prefix) ? { from: prefix } : cursor;
}

function comesBefore(a: string, b: string): boolean {
  const [left, right] = [Array.from(a), Array.from(b)];
  const i = left.findIndex((c, at) => c !== right[at]);
  if (i < 0) return left.length < right.length;
  return (left[i]?.codePointAt(0) ?? 0) < (right[i]?.codePointAt(0) ?? 0);
}

/** What groups a key: the key up to and with the first delimiter behind the prefix. */
function commonPrefix(
  { prefix, delimiter }: Pick<ListUploads, "prefix" | "delimiter">,
  key: string,
): string | undefined {
  if (delimiter === "" || !key.startsWith(prefix)) return undefined;
  const cut = key.indexOf(delimiter, prefix.length);
  return cut < 0 ? undefined : key.slice(0, cut + delimiter.length);
}
