import { isPassing } from "./attempts.ts";
import { type KeyFault, MOST_DELETED } from "./bucket_calls.ts";
import type { StoreContext } from "./context.ts";
import type { Deletion } from "./object_store.ts";
import { ObjectStoreError } from "./object_store_error.ts";

/** Codes of keys that may be deleted a moment later. */
const PASSING: ReadonlySet<string> = new Set([
  "InternalError",
  "ServiceUnavailable",
  "SlowDown",
]);

/** Deletes any number of objects, 1,000 at a time. */
export async function deleteObjects(
  ctx: StoreContext,
  keys: Iterable<string> | AsyncIterable<string>,
  signal?: AbortSignal,
): Promise<Deletion> {
  let deleted = 0;
  const errors: KeyFault[] = [];
  for await (const batch of batches(keys)) {
    const remaining = await deleteBatch(ctx, batch, signal);
    deleted += batch.length - remaining.length;
    errors.push(...remaining);
  }
  return { deleted, errors };
}

/** Tries again with the keys alone that the store may yet delete. */
async function deleteBatch(
  { calls, attempting }: StoreContext,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly KeyFault[]> {
  const refused: KeyFault[] = [];
  let passing: readonly KeyFault[] = [];
  let wanted = keys;
  const attempt = async () => {
    const remaining = await calls.deleteMany(wanted, signal);
    refused.push(...remaining.filter(({ code }) => !PASSING.has(code)));
    passing = remaining.filter(({ code }) => PASSING.has(code));
    if (passing.length === 0) return;
    wanted = passing.map(({ key }) => key);
    throw new KeysRemain(passing[0]);
  };
  try {
    await attempting(attempt, signal, isPassing);
    return refused;
  } catch (error) {
    if (error instanceof KeysRemain) return [...refused, ...passing];
    throw error;
  }
}

/** Says that keys remain which may be deleted a moment later. */
class KeysRemain extends ObjectStoreError {
  constructor({ code, message }: KeyFault) {
    super("Unavailable", message, { code });
  }
}

async function* batches(
  keys: Iterable<string> | AsyncIterable<string>,
): AsyncGenerator<readonly string[]> {
  let batch: string[] = [];
  for await (const key of keys) {
    if (batch.push(key) < MOST_DELETED) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
