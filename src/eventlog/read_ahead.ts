/** How many are fetched at the same time at first: often there is little to read. */
const FIRST_WIDTH = 2;

/** How many items are read for each that is fetched ahead in addition. */
const ITEMS_PER_STEP = 4;

/** An item that has so many bytes is large: fewer of its kind are kept in memory. */
const LARGE = 256 * 1_024;

/**
 * Fetches numbered items ahead of whoever reads them, and gives them in their order. The more are
 * read the more are fetched at the same time, up to `most`; large ones one after the other.
 *
 * @param to the last number, included
 * @param fetch gives the bytes of an item, or `undefined`
 * @throws what `fetch` throws, when it is that item's turn
 */
export async function* readAhead(
  from: number,
  to: number,
  most: number,
  fetch: (number: number) => Promise<Uint8Array | undefined>,
): AsyncGenerator<Uint8Array | undefined> {
  const coming: Promise<Uint8Array | undefined>[] = [];
  let width = Math.min(FIRST_WIDTH, most);
  try {
    for (let next = from;;) {
      for (; coming.length + 1 <= width && next <= to; next++) coming.push(started(fetch(next)));
      const first = coming.shift();
      if (first === undefined) return;
      const item = await first;
      width = (item?.length ?? 0) >= LARGE ? 1 : Math.min(width + 1 / ITEMS_PER_STEP, most);
      yield item;
    }
  } finally {
    // Nothing may be under way when its reader closes the connections.
    await Promise.allSettled(coming);
  }
}

/** What fails before its turn is told then. */
function started<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
