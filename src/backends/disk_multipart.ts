/**
 * Multipart uploads of the disk backend. An upload is a directory of parts; completing it writes
 * the list of the parts that count into it and renames the directory to the place of the object.
 * That rename is the commit: no bytes are moved, an upload is either under way or complete, and
 * completing it again, or aborting it late, finds nothing left to do.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { UploadedPart } from "./backend.ts";
import { concurrently } from "./concurrently.ts";
import { DiskFault, noSuchUpload } from "./disk_fault.ts";
import { removeIfThere, renameSynced, syncDirectory, writeRawSynced } from "./disk_files.ts";
import { encodeParts, type FileHeader, type PartEntry } from "./disk_format.ts";
import { type DiskLayout, partName, PARTS_LIST } from "./disk_layout.ts";
import { readHeader } from "./disk_read.ts";
import type { Staging } from "./disk_staging.ts";

/** Parts looked at at the same time on completion. */
const READERS = 16;

/** The entity tag of a part, before it becomes part of a path. */
const IS_MD5 = /^[0-9a-f]{32}$/;

/** Begins an upload and returns its id. */
export async function createUpload(layout: DiskLayout, key: string): Promise<string> {
  const uploadId = layout.newUploadId(key);
  await Deno.mkdir(join(layout.uploads, uploadId));
  await syncDirectory(layout.uploads);
  return uploadId;
}

/** The directory of an upload under way. Throws `NoSuchUpload`. */
export async function requireUpload(
  layout: DiskLayout,
  key: string,
  uploadId: string,
): Promise<string> {
  const directory = layout.upload(key, uploadId);
  if (directory === undefined) throw noSuchUpload(uploadId);
  await Deno.stat(directory).catch((error) => throwNoSuchUpload(error, uploadId));
  return directory;
}

/** Moves a part that was written aside into its upload. Throws `NoSuchUpload`. */
export async function addPart(
  staged: string,
  directory: string,
  partNumber: number,
  md5: string,
): Promise<void> {
  try {
    await renameSynced(staged, join(directory, partName(partNumber, md5)));
  } catch (error) {
    await removeIfThere(staged);
    throwNoSuchUpload(error, directory);
  }
}

/** Removes one attempt at a part, when the upload is still under way. */
export async function forgetPart(
  layout: DiskLayout,
  key: string,
  uploadId: string,
  { partNumber, etag }: UploadedPart,
): Promise<void> {
  const directory = layout.upload(key, uploadId);
  if (directory === undefined || !IS_MD5.test(etag)) return;
  await removeIfThere(join(directory, partName(partNumber, etag)));
}

/**
 * Makes an upload's parts the object, and returns the object's header.
 *
 * @throws {DiskFault} `NoSuchUpload`, `InvalidPart`
 */
export async function completeUpload(
  layout: DiskLayout,
  staging: Staging,
  key: string,
  uploadId: string,
  parts: readonly UploadedPart[],
): Promise<FileHeader> {
  const target = layout.partedObject(key);
  const directory = await requireUpload(layout, key, uploadId).catch(async (error) => {
    // A completion whose answer was lost is repeated; keys are written once, so this is its object.
    if (await readHeader(join(target, PARTS_LIST)) === undefined) throw error;
    return target;
  });
  const entries = await concurrently(parts, READERS, (part) => readPart(directory, part));
  const header = headerOf(key, entries);
  if (directory === target) return header;
  const list = staging.newPath();
  await writeRawSynced(list, header, encodeParts(entries));
  try {
    await renameSynced(list, join(directory, PARTS_LIST));
    await renameSynced(directory, target);
  } catch (error) {
    await removeIfThere(list);
    throwNoSuchUpload(error, uploadId);
  }
  await removeOthers(target, entries);
  return header;
}

/** Forgets an upload, if it is there. A completed one is an object, and stays. */
export async function abortUpload(
  layout: DiskLayout,
  staging: Staging,
  key: string,
  uploadId: string,
): Promise<void> {
  const directory = layout.upload(key, uploadId);
  if (directory === undefined || !await removeDirectory(directory, staging)) return;
  await syncDirectory(layout.uploads);
}

/** Forgets all uploads of a key. */
export async function abortUploads(
  layout: DiskLayout,
  staging: Staging,
  key: string,
): Promise<void> {
  for await (const { name } of Deno.readDir(layout.uploads)) {
    await abortUpload(layout, staging, key, name);
  }
}

/** Removes a directory at once for everyone else, then what is in it; whether it was there. */
export async function removeDirectory(directory: string, staging: Staging): Promise<boolean> {
  const doomed = staging.newPath();
  try {
    await Deno.rename(directory, doomed);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
  await Deno.remove(doomed, { recursive: true });
  return true;
}

/** Removes parts that were sent and do not count. */
async function removeOthers(directory: string, entries: readonly PartEntry[]): Promise<void> {
  const counting = new Set(entries.map((entry) => partName(entry.partNumber, entry.md5)));
  for await (const { name } of Deno.readDir(directory)) {
    if (name !== PARTS_LIST && !counting.has(name)) await removeIfThere(join(directory, name));
  }
}

async function readPart(directory: string, part: UploadedPart): Promise<PartEntry> {
  const found = IS_MD5.test(part.etag)
    ? await readHeader(join(directory, partName(part.partNumber, part.etag)))
    : undefined;
  if (found === undefined) {
    const { partNumber, etag } = part;
    throw new DiskFault("rejected", "InvalidPart", `there is no part ${partNumber} "${etag}"`);
  }
  return { partNumber: part.partNumber, md5: found.header.md5, size: found.header.size };
}

/** The entity tag of parts is the MD5 of their MD5s. Source: "Checking object integrity". */
function headerOf(key: string, entries: readonly PartEntry[]): FileHeader {
  const hash = createHash("md5");
  let size = 0;
  for (const entry of entries) {
    hash.update(entry.md5, "hex");
    size += entry.size;
  }
  return { key, size, md5: hash.digest("hex"), parts: entries.length };
}

function throwNoSuchUpload(error: unknown, uploadId: string): never {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
  throw noSuchUpload(uploadId, error);
}
