/**
 * A stream of chunks that asks for one when somebody does.
 *
 * @param close gives up where the chunks come from: at their end, when they fail, and when the stream
 * is cancelled, also where none of them has been read
 */
export function streamOf(
  chunks: AsyncIterator<Uint8Array<ArrayBuffer>>,
  close: () => void | Promise<void>,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await chunks.next();
        if (!done) return controller.enqueue(value);
        await close();
        controller.close();
      } catch (error) {
        await close();
        throw error;
      }
    },
    cancel: close,
  }, { highWaterMark: 0 });
}
