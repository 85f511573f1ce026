/**
 * Writes whose answer may be lost on the way: whether one was done is found out by what is there.
 *
 * @module
 */
import { isPassing, mayBeDone } from "./attempts.ts";
import type { StoreContext } from "./context.ts";
import type { ObjectMetadata, Written } from "./object_store.ts";
import { isNotFound, isPreconditionFailed, ObjectStoreError } from "./object_store_error.ts";

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
 *
 * @throws {ObjectStoreError} `Unavailable` where any attempt may have written it, whatever the last
 * answer was
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
    const found = await look(() => calls.head(key, signal));
    if (found.kind === "there" && isOurs(found.object)) {
      const { etag, size } = found.object;
      return { etag, size };
    }
    // What is in the way of a condition cannot be written over any more, by a late attempt neither.
    const isCertain = isUncertain
      ? found.kind === "there" && isPreconditionFailed(error)
      : found.kind !== "unknown";
    throw isCertain ? error : ofUnknownOutcome(error);
  }
}

type Found =
  | { readonly kind: "there"; readonly object: ObjectMetadata }
  | { readonly kind: "nothing" }
  | { readonly kind: "unknown" };

async function look(head: () => Promise<ObjectMetadata>): Promise<Found> {
  try {
    return { kind: "there", object: await head() };
  } catch (error) {
    return { kind: isNotFound(error) ? "nothing" : "unknown" };
  }
}

/** The last answer tells only of the last attempt: who takes it for all would forget the others. */
function ofUnknownOutcome(error: unknown): unknown {
  if (!(error instanceof ObjectStoreError) || error.kind === "Unavailable") return error;
  const { code, requestId } = error;
  const message = `${error.message}; an earlier attempt may have written it`;
  return new ObjectStoreError("Unavailable", message, { code, requestId, cause: error });
}

/** Whether somebody else writes the same key right now. */
function isConflict(error: unknown): boolean {
  return error instanceof ObjectStoreError && error.code === "ConditionalRequestConflict";
}

function isSecondAnswer(error: unknown): boolean {
  return isPreconditionFailed(error) || isNotFound(error);
}
