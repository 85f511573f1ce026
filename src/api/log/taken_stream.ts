import { log } from "../../telemetry/logs.ts";

/**
 * Chunks as a stream. Unlike that of `ReadableStream.from`, it ends what they come from also where it
 * is given up before it was read, and where nobody takes what is ready: a client that stalls would
 * hold it for as long as it likes.
 *
 * @param first the chunk that was read already
 * @param patience milliseconds in which a chunk has to be taken
 * @param what they are, for the log of what fails
 */
export function takenStream(
  first: IteratorResult<Uint8Array, void>,
  rest: AsyncGenerator<Uint8Array, void>,
  patience: number,
  what = "the events of the log",
): ReadableStream<Uint8Array> {
  let ready: IteratorResult<Uint8Array, void> | undefined = first;
  let [isOver, timer]: [boolean, ReturnType<typeof setTimeout> | undefined] = [false, undefined];
  const end = async () => {
    isOver = true;
    clearTimeout(timer);
    await rest.return();
  };
  return new ReadableStream({
    async pull(controller) {
      clearTimeout(timer);
      try {
        const { done, value } = ready ?? await rest.next();
        ready = undefined;
        if (isOver) return;
        if (done) return controller.close();
        controller.enqueue(value);
      } catch (error) {
        log.error(`${what} could not be sent to their end`, { error });
        throw error;
      }
      timer = setTimeout(async () => {
        controller.error(new DOMException(`nobody takes ${what}`, "TimeoutError"));
        await end();
      }, patience);
    },
    cancel: end,
  }, { highWaterMark: 0 });
}
