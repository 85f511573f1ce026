/**
 * Files that survive a loss of power once they are there: written aside, synced, renamed into
 * place, and the directory synced after that.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname } from "node:path";
import type { Content } from "./backend.ts";
import { exactly, requireSize } from "./content.ts";
import { encodeHeader, type FileHeader, HEADER_BYTES } from "./disk_format.ts";

/** Up to here one write of header and content together beats two. Bytes. */
const JOINED_WRITE_LIMIT = 256 * 1024;

/** Content to be written to a file of its own. */
export interface NewFile {
  readonly key: string;
  readonly content: Content;
  /** In bytes; `undefined` when it is not known before the content's end. */
  readonly size: number | undefined;
  /** Name of the backend, for its errors. */
  readonly backend: string;
  readonly signal?: AbortSignal;
}

/**
 * Writes a header and content to a file that is not there yet, and syncs it. Nothing is left of it
 * when that fails.
 */
export async function writeSynced(path: string, file: NewFile): Promise<FileHeader> {
  const { content } = file;
  return await withNewFile(path, async (output) => {
    if (!(content instanceof Uint8Array)) return await writeStream(output, file, content);
    requireSize(content, file.size, file.backend);
    const md5 = createHash("md5").update(content).digest("hex");
    const header: FileHeader = { key: file.key, size: content.length, md5, parts: 0 };
    await writeParts(output, encodeHeader(header), content);
    return header;
  });
}

/** Writes a header and a body of the caller's own to a file that is not there yet, and syncs it. */
export async function writeRawSynced(
  path: string,
  header: FileHeader,
  body: Uint8Array,
): Promise<void> {
  await withNewFile(path, (output) => writeParts(output, encodeHeader(header), body));
}

/** Copies a file, gives the copy another header, and syncs it. */
export async function copySynced(from: string, to: string, header: FileHeader): Promise<void> {
  try {
    // The kernel copies, and shares the blocks where the file system can.
    await Deno.copyFile(from, to);
    using output = await Deno.open(to, { write: true });
    await writeAll(output, encodeHeader(header));
    await output.syncData();
  } catch (error) {
    await removeIfThere(to);
    throw error;
  }
}

/** Renames, and syncs the directory that the new name is in. The old name's need not be synced. */
export async function renameSynced(from: string, to: string): Promise<void> {
  await Deno.rename(from, to);
  await syncDirectory(dirname(to));
}

/** Makes the names in a directory survive a loss of power. */
export async function syncDirectory(path: string): Promise<void> {
  // Windows cannot open a directory, and orders its own journal.
  if (Deno.build.os === "windows") return;
  using directory = await Deno.open(path, { read: true });
  await directory.sync();
}

/** Opens a file to read it, if it is there. */
export async function openIfThere(path: string): Promise<Deno.FsFile | undefined> {
  try {
    return await Deno.open(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Removes a file or an empty directory; whether it was there. */
export async function removeIfThere(path: string): Promise<boolean> {
  try {
    await Deno.remove(path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function withNewFile<Result>(
  path: string,
  write: (output: Deno.FsFile) => Promise<Result>,
): Promise<Result> {
  const output = await Deno.open(path, { write: true, createNew: true });
  try {
    const result = await write(output);
    // Enough to read all of it back: fdatasync leaves only times behind.
    await output.syncData();
    output.close();
    return result;
  } catch (error) {
    output.close();
    await removeIfThere(path);
    throw error;
  }
}

async function writeStream(
  output: Deno.FsFile,
  { key, size: announced, backend, signal }: NewFile,
  content: AsyncIterable<Uint8Array>,
): Promise<FileHeader> {
  const hash = createHash("md5");
  let size = 0;
  await output.seek(HEADER_BYTES, Deno.SeekMode.Start);
  for await (const chunk of exactly(content, announced, backend)) {
    signal?.throwIfAborted();
    // The disk and the hash work at the same time.
    const written = writeAll(output, chunk);
    hash.update(chunk);
    size += chunk.length;
    await written;
  }
  signal?.throwIfAborted();
  const header: FileHeader = { key, size, md5: hash.digest("hex"), parts: 0 };
  await output.seek(0, Deno.SeekMode.Start);
  await writeAll(output, encodeHeader(header));
  return header;
}

async function writeParts(
  output: Deno.FsFile,
  header: Uint8Array,
  body: Uint8Array,
): Promise<void> {
  if (body.length > JOINED_WRITE_LIMIT) {
    await writeAll(output, header);
    await writeAll(output, body);
    return;
  }
  const joined = new Uint8Array(header.length + body.length);
  joined.set(header);
  joined.set(body, header.length);
  await writeAll(output, joined);
}

async function writeAll(output: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += await output.write(bytes.subarray(written));
}
