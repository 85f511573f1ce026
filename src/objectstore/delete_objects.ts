import { isPassing } from "./attempts.ts";
import { type KeyFault, MOST_DELETED } from "./bucket_calls.ts";
import type { StoreContext } from "./context.ts";
import { demandKey } from "./demand.ts";
import type { Deletion } from "./object_store.ts";
import { ObjectStoreError } from "./object_store_error.ts";

/**
 * Deletes any number of objects, 1,000 at a time. Throws where a whole batch is refused; what was
 * deleted before is gone.
 */
export async function deleteObjects(
  ctx: StoreContext,
  keys: Iterable<string> | AsyncIterable<string>,
  signal?: AbortSignal,
): Promise<Deletion> {
  let deleted = 0;
  const faults: KeyFault[] = [];
  for await (const batch of batches(keys)) {
    const { possible, impossible } = sorted(batch);
    const remaining = await deleteBatch(ctx, possible, signal);
    deleted += possible.length - remaining.length;
    faults.push(...impossible, ...remaining);
  }
  const errors = faults.map(({ key, error: { code, message } }) => ({ key, code, message }));
  return { deleted, errors };
}

/** Tries again with the keys alone that the store may yet delete. */
async function deleteBatch(
  { calls, attempting }: StoreContext,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly KeyFault[]> {
  if (keys.length === 0) return [];
  const refused: KeyFault[] = [];
  let wanted = keys;
  let passing: readonly KeyFault[] = [];
  try {
    await attempting(async () => {
      const remaining = await calls.deleteMany(wanted, signal);
      refused.push(...remaining.filter(({ error }) => !isPassing(error)));
      passing = remaining.filter(({ error }) => isPassing(error));
      wanted = passing.map(({ key }) => key);
      if (passing.length > 0) throw passing[0].error;
    }, signal);
    return refused;
  } catch (error) {
    if (passing.some((fault) => fault.error === error)) return [...refused, ...passing];
    throw error;
  }
}

/** One key that no object can have would make a store refuse all of its batch. */
function sorted(keys: readonly string[]) {
  const possible: string[] = [];
  const impossible: KeyFault[] = [];
  for (const key of keys) {
    try {
      possible.push(demandKey(key));
    } catch (error) {
      if (!(error instanceof ObjectStoreError)) throw error;
      impossible.push({ key, error });
    }
  }
  return { possible, impossible };
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
