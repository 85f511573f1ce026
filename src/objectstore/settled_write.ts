/**
 * Writes whose answer may be lost on the way: whether one was done is found out by what is there.
 *
 * @module
 */
import { isPassing, mayBeDone } from "./attempts.ts";
import type { StoreContext } from "./context.ts";
import type { ObjectMetadata, Written } from "./object_store.ts";
import { ObjectStoreError } from "./object_store_error.ts";

/** A write. */
export interface UncertainWrite {
  readonly key: string;
  /** Sends it once. */
  readonly send: () => Promise<Written>;
  /** Whether another attempt can be made. */
  readonly isRepeatable?: () => boolean;
  /** Whether the object that is there is what this wrote. */
  readonly isOurs: (there: ObjectMetadata) => boolean;
  readonly signal?: AbortSignal;
}

/**
 * Carries a write out. The object that is in the way is looked at before it is taken for somebody
 * else's.
 */
export async function settledWrite(
  { calls, attempting }: StoreContext,
  { key, send, isRepeatable = () => true, isOurs, signal }: UncertainWrite,
): Promise<Written> {
  let isUncertain = false;
  const attempt = async () => {
    try {
      return await send();
    } catch (error) {
      isUncertain ||= mayBeDone(error);
      throw error;
    }
  };
  // What is in conflict may be the attempt before, which the store has not done with.
  const mayRetry = (error: unknown) =>
    isRepeatable() && (isPassing(error) || isUncertain && isConflict(error));
  try {
    return await attempting(attempt, signal, mayRetry);
  } catch (error) {
    if (signal?.aborted) throw error;
    // What lies between may have sent it twice, of which it tells the second answer.
    if (!isUncertain && !isSecondAnswer(error)) throw error;
    const there = await calls.head(key, signal).catch(() => undefined);
    if (there !== undefined && isOurs(there)) return { etag: there.etag, size: there.size };
    throw error;
  }
}

/** Whether somebody else writes the same key right now. */
function isConflict(error: unknown): boolean {
  return error instanceof ObjectStoreError && error.code === "ConditionalRequestConflict";
}

function isSecondAnswer(error: unknown): boolean {
  return error instanceof ObjectStoreError &&
    (error.kind === "PreconditionFailed" || error.kind === "NotFound");
}
