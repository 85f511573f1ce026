/**
 * Lists what a disk backend holds in the order of bytes, which its layout by hash does not have.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { concurrently } from "./concurrently.ts";
import { entityTag } from "./disk_format.ts";
import { type DiskLayout, PARTS_LIST, SHARDS } from "./disk_layout.ts";
import { readHeader } from "./disk_read.ts";

/** Objects kept in memory while listing. More than this means another walk over all of them. */
const WINDOW = 100_000;

/** Files read at the same time. */
const READERS = 16;

/** One object of a listing. */
export interface ListedFile {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: Date;
}

/**
 * Lists objects whose key starts with `prefix` and is greater than `after`, in pages of `pageSize`.
 * Every file is opened once per 100,000 objects that match: meant for `sync` and for checks.
 *
 * @param window most objects to hold in memory
 */
export async function* listObjects(
  layout: DiskLayout,
  prefix: string,
  after: string,
  pageSize: number,
  signal: AbortSignal | undefined,
  window = WINDOW,
): AsyncGenerator<readonly ListedFile[]> {
  while (true) {
    const smallest = new Smallest(window);
    for await (const file of walk(layout, signal)) {
      if (file.key.startsWith(prefix) && compareBytes(file.key, after) > 0) smallest.add(file);
    }
    const found = smallest.take();
    for (let at = 0; at < found.length; at += pageSize) yield found.slice(at, at + pageSize);
    if (found.length < window) return;
    after = found[found.length - 1].key;
  }
}

/** Compares the UTF-8 bytes of two strings, which JavaScript's `<` does not. */
export function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** Keeps the smallest of what it is given, never more than twice the limit. */
class Smallest {
  #files: ListedFile[] = [];

  constructor(private readonly limit: number) {}

  add(file: ListedFile): void {
    if (this.#files.push(file) >= 2 * this.limit) this.#files = this.take();
  }

  /** The smallest, in order. */
  take(): ListedFile[] {
    return this.#files.sort((a, b) => compareBytes(a.key, b.key)).slice(0, this.limit);
  }
}

async function* walk(
  layout: DiskLayout,
  signal: AbortSignal | undefined,
): AsyncGenerator<ListedFile> {
  for (const shard of SHARDS) {
    const directory = join(layout.objects, shard);
    const names = (await Array.fromAsync(Deno.readDir(directory))).map((entry) => entry.name);
    const files = await concurrently(names, READERS, (name) => {
      signal?.throwIfAborted();
      return readListed(join(directory, name));
    });
    for (const file of files) if (file !== undefined) yield file;
  }
}

async function readListed(path: string): Promise<ListedFile | undefined> {
  const found = await readHeader(path.endsWith(".parts") ? join(path, PARTS_LIST) : path);
  // Deleted since its name was read.
  if (found === undefined) return undefined;
  const { header, lastModified } = found;
  return { key: header.key, size: header.size, etag: entityTag(header), lastModified };
}
