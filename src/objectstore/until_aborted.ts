/**
 * The same chunks, until somebody gives up: also while the next one does not come.
 *
 * @throws the signal's reason
 */
export async function* untilAborted<Chunk>(
  chunks: AsyncIterable<Chunk>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Chunk, void, void> {
  if (signal === undefined) return yield* chunks;
  signal.throwIfAborted();
  const source = chunks[Symbol.asyncIterator]();
  let giveUp = () => {};
  const stop = () => giveUp();
  signal.addEventListener("abort", stop, { once: true });
  let isEnded = false;
  try {
    while (true) {
      const next = await new Promise<IteratorResult<Chunk>>((resolve, reject) => {
        giveUp = () => reject(signal.reason);
        source.next().then(resolve, reject);
        if (signal.aborted) giveUp();
      });
      isEnded = next.done === true;
      if (next.done) return;
      yield next.value;
    }
  } catch (error) {
    isEnded = !signal.aborted;
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    // Not waited for: what does not come does not end either.
    if (!isEnded) source.return?.()?.catch(() => {});
  }
}
