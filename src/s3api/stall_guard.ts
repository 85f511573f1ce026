/**
 * A body that ends early when nobody takes its bytes: a client that stalls would otherwise hold a
 * connection to a backend for as long as it likes.
 *
 * @param source closed when the guard is, however that comes about
 * @param timeout milliseconds from one chunk that was taken to the wish for the next
 */
export function guardAgainstStall(
  source: ReadableStream<Uint8Array>,
  timeout: number,
): ReadableStream<Uint8Array> {
  const reader = source.getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;

  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      clearTimeout(timer);
      const { done, value } = await reader.read();
      if (done) return controller.close();
      controller.enqueue(value);
      timer = setTimeout(() => {
        // A body shorter than its Content-Length ends the connection, as an error would; but the
        // runtime writes errors of a body to the console.
        controller.close();
        reader.cancel().catch(() => {});
      }, timeout);
    },
    cancel(reason) {
      clearTimeout(timer);
      return reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
}
