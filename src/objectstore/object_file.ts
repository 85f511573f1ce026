/**
 * Objects that come from files, or go to them.
 *
 * @module
 */
import mime from "mime";
import { randomUUID } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { renameSynced } from "../backends/disk_files.ts";
import type { StoreContext } from "./context.ts";
import { multipartUpload } from "./multipart_upload.ts";
import type { ObjectMetadata, OpenObject, WriteOptions, Written } from "./object_store.ts";
import { ObjectStoreError } from "./object_store_error.ts";
import { putObject } from "./put_object.ts";

/** Files that are larger are sent in parts. Bytes. */
const SINGLE_PUT_LIMIT = 64 * 1_024 ** 2;

/** Stores a file. */
export async function putObjectFromFile(
  ctx: StoreContext,
  key: string,
  path: string,
  options: WriteOptions = {},
): Promise<Written> {
  const { size, isFile } = await Deno.stat(path);
  if (!isFile) {
    throw new ObjectStoreError("Refused", `${path} is no file`, { code: "InvalidRequest" });
  }
  const contentType = options.contentType ?? mime.getType(path) ?? undefined;
  const write = { ...options, contentType };
  const open = () => chunksOf(path);
  return size > SINGLE_PUT_LIMIT
    ? await multipartUpload(ctx, key, open(), { ...write, size })
    : await putObject(ctx, key, { open, size }, write);
}

/** Writes an object to a file, which is there when all of it is, and not before. */
export async function writeToFile(
  open: () => Promise<OpenObject>,
  path: string,
): Promise<ObjectMetadata> {
  const unfinished = join(dirname(path), `.${basename(path)}.${randomUUID()}.unfinished`);
  const { body, ...object } = await open();
  try {
    await writeAll(unfinished, body);
    await renameSynced(unfinished, path);
  } catch (error) {
    await body.cancel().catch(() => {});
    await Deno.remove(unfinished).catch(() => {});
    throw error;
  }
  return object;
}

/** By hand: `pipeTo` with `preventClose` ends before the last chunk is written. */
async function writeAll(path: string, body: ReadableStream<Uint8Array>): Promise<void> {
  using file = await Deno.open(path, { createNew: true, write: true });
  for await (const chunk of body) {
    for (let at = 0; at < chunk.length;) at += await file.write(chunk.subarray(at));
  }
  await file.sync();
}

async function* chunksOf(path: string): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const file = await Deno.open(path);
  yield* file.readable;
}
