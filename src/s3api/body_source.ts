import { S3Error } from "./errors.ts";

/**
 * Reads what a client sends, for as long as it sends.
 *
 * Only the time that is spent waiting for the client counts as a stall, not the time that the
 * reader takes. However it ends, the body is given up with it.
 *
 * @param stallTimeout milliseconds
 * @throws {S3Error} `RequestTimeout` when no byte comes for that long; `IncompleteBody` when the
 * connection ends before the body does
 */
export async function* readBody(
  body: ReadableStream<Uint8Array> | null,
  stallTimeout: number,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (body === null) return;
  const reader = body.getReader();
  let finished = false;
  try {
    while (true) {
      const { done, value } = await beforeStall(reader.read(), stallTimeout);
      if (done) break;
      if (value.length > 0) yield value;
    }
    finished = true;
  } finally {
    // A body that failed cannot be cancelled, and need not be.
    if (!finished) reader.cancel().catch(() => {});
  }
}

async function beforeStall<Result>(read: Promise<Result>, timeout: number): Promise<Result> {
  const stalled = Promise.withResolvers<never>();
  const timer = setTimeout(() => stalled.reject(new S3Error("RequestTimeout")), timeout);
  try {
    return await Promise.race([read, stalled.promise]);
  } catch (error) {
    if (error instanceof S3Error) throw error;
    throw new S3Error("IncompleteBody", undefined, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
