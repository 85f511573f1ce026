import { isPassing } from "./attempts.ts";
import type { Read } from "./bucket_calls.ts";
import { chosenRange } from "./chosen_range.ts";
import type { StoreContext } from "./context.ts";
import type { OpenObject } from "./object_store.ts";
import { ObjectStoreError } from "./object_store_error.ts";
import { streamOf } from "./stream_of.ts";

/** The bytes of one answer. */
type Chunks = AsyncIterator<Uint8Array<ArrayBuffer>>;

/**
 * The bytes of an object that was opened. Where they break off they go on with another request, as
 * long as it is the same object.
 */
export function resumedBody(
  { calls, attempting }: StoreContext,
  { key, etag, size, body }: OpenObject,
  range: Read["range"],
  signal: AbortSignal | undefined,
): OpenObject["body"] {
  let current: Chunks = body.values();
  let { start, end } = size === 0 && range === undefined
    ? { start: 0, end: -1 }
    : chosenRange(range ?? { start: 0 }, size);

  const goOn = async () => {
    const rest = { range: { start, end }, ifMatch: etag };
    const again = await calls.open(key, rest, signal);
    current = again.body.values();
    return await current.next();
  };
  const next = async () => {
    try {
      return await current.next();
    } catch (error) {
      if (!isPassing(error) || start > end) throw error;
      return await attempting(goOn, signal);
    }
  };
  async function* chunks() {
    for (let chunk = await next(); !chunk.done; chunk = await next()) {
      start += chunk.value.length;
      yield chunk.value;
    }
    if (start === end + 1) return;
    throw new ObjectStoreError("Unavailable", `${key}: ${end + 1 - start} bytes did not come`, {
      code: "IncompleteBody",
    });
  }
  return streamOf(chunks(), async () => void await current.return?.());
}
