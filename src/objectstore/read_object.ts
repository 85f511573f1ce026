/**
 * Reads objects.
 *
 * @module
 */
import type { StoreContext } from "./context.ts";
import { demandKey, demandRange } from "./demand.ts";
import type { ObjectMetadata, OpenObject, ReadObject, ReadOptions } from "./object_store.ts";
import { resumedBody } from "./resumed_body.ts";
import { WRITE_MARK } from "./write_mark.ts";

/** What the store says of an object. */
export async function headObject(
  { calls, attempting }: StoreContext,
  key: string,
  signal?: AbortSignal,
): Promise<ObjectMetadata> {
  demandKey(key);
  return unmarked(await attempting(() => calls.head(key, signal), signal));
}

/** Opens an object, or a range of it. */
export async function openObject(
  ctx: StoreContext,
  key: string,
  { signal, ...read }: ReadOptions = {},
): Promise<OpenObject> {
  demandKey(key);
  demandRange(read.range);
  const opened = await ctx.attempting(() => ctx.calls.open(key, read, signal), signal);
  return unmarked({ ...opened, body: resumedBody(ctx, opened, read.range, signal) });
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
