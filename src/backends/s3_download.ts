/**
 * Opens objects of an S3 store, through `fetch`: its streams are native ones, which a server can
 * pass on without touching each chunk.
 *
 * @module
 */
import { BackendError, type ByteRange } from "./backend.ts";
import { isFoldedByUrl } from "./s3_address.ts";
import { networkError, refusalError, timeoutError } from "./s3_fault.ts";
import type { S3Connection, S3Request } from "./s3_request.ts";

/** Longest error document that is looked at. Bytes. */
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * Opens the bytes of a key, or a range of them. The stream is not watched: it stalls when the store
 * does.
 *
 * @throws {BackendError}
 * @throws the signal's reason
 */
export async function openObject(
  connection: S3Connection,
  key: string,
  range: ByteRange | undefined,
  signal: AbortSignal | undefined,
): Promise<ReadableStream<Uint8Array>> {
  const headers = range && { range: `bytes=${range.start}-${range.end}` };
  const request: S3Request = { method: "GET", key, headers, signal };
  const { status, body } = isFoldedByUrl(key)
    ? await connection.stream(request)
    : await fetchObject(connection, request, key);
  if (range === undefined || status === 206) return body;
  await body.cancel();
  throw new BackendError("rejected", connection.name, "the store does not answer ranges", {
    status,
  });
}

async function fetchObject(
  connection: S3Connection,
  request: S3Request,
  key: string,
): Promise<{ status: number; body: ReadableStream<Uint8Array> }> {
  const { name, address, config: { timeout } } = connection;
  const { signal } = request;
  signal?.throwIfAborted();
  const headers = connection.sign(request);
  // Otherwise fetch undoes the Content-Encoding that an object was stored with.
  headers["accept-encoding"] = "identity";
  const abort = new AbortController();
  const forward = () => abort.abort(signal?.reason);
  signal?.addEventListener("abort", forward);
  const late = setTimeout(() => abort.abort(timeoutError(name, timeout)), timeout);
  try {
    const url = address.origin + address.objectPath(key);
    const response = await fetch(url, { headers, redirect: "manual", signal: abort.signal });
    if (response.ok) return { status: response.status, body: response.body ?? emptyStream() };
    throw refusalError(name, {
      status: response.status,
      body: await readStart(response),
      bucketRegion: response.headers.get("x-amz-bucket-region") ?? undefined,
    });
  } catch (error) {
    signal?.removeEventListener("abort", forward);
    if (abort.signal.aborted) throw abort.signal.reason;
    throw error instanceof BackendError ? error : networkError(name, error);
  } finally {
    clearTimeout(late);
  }
}

async function readStart(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length >= MAX_ERROR_BYTES) break;
  }
  return text;
}

function emptyStream(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.close() });
}
