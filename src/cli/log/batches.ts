/** Most that is given at once without a size. */
const DEFAULT_SIZE = 256;

/** What comes one after the other, several at a time; what comes before an error is given before it. */
export async function* inBatches<T>(
  items: AsyncIterable<T>,
  size = DEFAULT_SIZE,
): AsyncGenerator<readonly T[]> {
  let batch: T[] = [];
  try {
    for await (const item of items) {
      batch.push(item);
      if (batch.length < size) continue;
      yield batch;
      batch = [];
    }
  } catch (error) {
    if (batch.length > 0) yield batch;
    throw error;
  }
  if (batch.length > 0) yield batch;
}
