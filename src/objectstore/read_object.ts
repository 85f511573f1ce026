/**
 * Reads objects.
 *
 * @module
 */
import { WRITE_MARK } from "./settled_write.ts";
import type { StoreContext } from "./context.ts";
import type {
  ByteRange,
  ObjectMetadata,
  OpenObject,
  ReadObject,
  ReadOptions,
} from "./object_store.ts";
import { ObjectStoreError } from "./object_store_error.ts";

/** What the store says of an object. */
export async function headObject(
  { calls, attempting }: StoreContext,
  key: string,
  signal?: AbortSignal,
): Promise<ObjectMetadata> {
  return unmarked(await attempting(() => calls.head(key, signal), signal));
}

/** Opens an object, or a range of it. */
export async function openObject(
  { calls, attempting }: StoreContext,
  key: string,
  { signal, ...read }: ReadOptions = {},
): Promise<OpenObject> {
  demandRange(read.range);
  return unmarked(await attempting(() => calls.open(key, read, signal), signal));
}

/** Reads an object, or a range of it, whole. */
export async function readObject(
  ctx: StoreContext,
  key: string,
  options: ReadOptions = {},
): Promise<ReadObject> {
  const { body, ...object } = await openObject(ctx, key, options);
  return { ...object, bytes: await new Response(body).bytes() };
}

/** What was read without what writes leave for themselves. */
function unmarked<Object extends ObjectMetadata>(object: Object): Object {
  const { [WRITE_MARK]: _mark, ...metadata } = object.metadata;
  return { ...object, metadata };
}

function demandRange(range: ByteRange | undefined): void {
  if (range === undefined || isRange(range)) return;
  throw new ObjectStoreError("Refused", `no range of bytes: ${JSON.stringify(range)}`, {
    code: "InvalidRange",
  });
}

function isRange(range: ByteRange): boolean {
  if ("suffix" in range) return Number.isSafeInteger(range.suffix) && range.suffix > 0;
  const { start, end = start } = range;
  return Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end;
}
