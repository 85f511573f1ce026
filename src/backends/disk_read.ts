/**
 * Finds what is stored under a key, reads its header, and opens its bytes.
 *
 * @module
 */
import { join } from "node:path";
import type { ByteRange } from "./backend.ts";
import {
  decodeHeader,
  decodeParts,
  type FileHeader,
  HEADER_BYTES,
  PART_ENTRY_BYTES,
  type PartEntry,
} from "./disk_format.ts";
import { damaged, DiskFault } from "./disk_fault.ts";
import { openIfThere } from "./disk_files.ts";
import { type DiskLayout, partName, PARTS_LIST } from "./disk_layout.ts";
import { streamOnce, streamStretches, type Stretch } from "./disk_stream.ts";

/** What is read at first: the header, and all of an object up to 32 KiB. */
const FIRST_READ_BYTES = HEADER_BYTES + 32 * 1024;

/**
 * Opens what is stored under `key`: the bytes of `range`, which must lie within the object.
 *
 * @throws {DiskFault} `NoSuchKey`, `InvalidRange`, `Damaged`
 */
export async function openObject(
  layout: DiskLayout,
  key: string,
  range: ByteRange | undefined,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Uint8Array>> {
  signal?.throwIfAborted();
  const path = layout.object(key);
  const file = await openIfThere(path);
  if (file === undefined) {
    const directory = layout.partedObject(key);
    return streamStretches(stretchesOf(directory, await readParts(directory), range), signal);
  }
  try {
    const first = new Uint8Array(FIRST_READ_BYTES);
    const filled = await readAtLeast(file, first, HEADER_BYTES);
    const header = requireHeader(first.subarray(0, filled), path);
    const { start, end } = clip(range, header.size);
    if (HEADER_BYTES + end <= filled) {
      file.close();
      return streamOnce(first.subarray(HEADER_BYTES + start, HEADER_BYTES + end));
    }
    return streamStretches(
      [{ path, offset: HEADER_BYTES + start, length: end - start }],
      signal,
      file,
    );
  } catch (error) {
    file.close();
    throw error;
  }
}

/** What the header of an object says and when it was stored; `undefined` when there is none. */
export async function readHead(
  layout: DiskLayout,
  key: string,
): Promise<{ readonly header: FileHeader; readonly lastModified: Date } | undefined> {
  return await readHeader(layout.object(key)) ??
    await readHeader(join(layout.partedObject(key), PARTS_LIST));
}

/** The header of a file and when it was written; `undefined` when there is none. */
export async function readHeader(
  path: string,
): Promise<{ readonly header: FileHeader; readonly lastModified: Date } | undefined> {
  using file = await openIfThere(path);
  if (file === undefined) return undefined;
  const bytes = new Uint8Array(HEADER_BYTES);
  const filled = await readAtLeast(file, bytes, HEADER_BYTES);
  const { mtime } = await file.stat();
  const header = requireHeader(bytes.subarray(0, filled), path);
  return { header, lastModified: mtime ?? new Date(0) };
}

async function readParts(directory: string): Promise<readonly PartEntry[]> {
  const path = join(directory, PARTS_LIST);
  const bytes = await Deno.readFile(path).catch((cause) => {
    if (!(cause instanceof Deno.errors.NotFound)) throw cause;
    throw new DiskFault("not-found", "NoSuchKey", "there is no such key", { cause });
  });
  const header = requireHeader(bytes, path);
  const list = bytes.subarray(HEADER_BYTES);
  if (list.length !== header.parts * PART_ENTRY_BYTES) throw damaged(path);
  return decodeParts(list);
}

/** The stretches of part files that the bytes of `range` lie in, in order. */
function stretchesOf(
  directory: string,
  parts: readonly PartEntry[],
  range: ByteRange | undefined,
): readonly Stretch[] {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const { start, end } = clip(range, size);
  const stretches: Stretch[] = [];
  let at = 0;
  for (const part of parts) {
    const from = Math.max(start - at, 0);
    const length = Math.min(end - at, part.size) - from;
    if (length > 0) {
      const path = join(directory, partName(part.partNumber, part.md5));
      stretches.push({ path, offset: HEADER_BYTES + from, length });
    }
    at += part.size;
  }
  return stretches;
}

/** Turns an inclusive range into a half-open one that ends with the object. */
function clip(range: ByteRange | undefined, size: number): { start: number; end: number } {
  if (range === undefined) return { start: 0, end: size };
  if (range.start >= size || range.end < range.start) {
    throw new DiskFault(
      "rejected",
      "InvalidRange",
      `${size} bytes have no bytes ${range.start} to ${range.end}`,
    );
  }
  return { start: range.start, end: Math.min(range.end + 1, size) };
}

/** Reads until there are `least` bytes or the file ends; how many there are. */
async function readAtLeast(file: Deno.FsFile, into: Uint8Array, least: number): Promise<number> {
  let filled = 0;
  while (filled < least) {
    const read = await file.read(into.subarray(filled));
    if (read === null) break;
    filled += read;
  }
  return filled;
}

function requireHeader(bytes: Uint8Array, path: string): FileHeader {
  const header = decodeHeader(bytes);
  if (header === undefined) throw damaged(path);
  return header;
}
