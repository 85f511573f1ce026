/**
 * Asks an S3 store what it holds under a key.
 *
 * @module
 */
import { BackendError, type BackendKey, type Held } from "./backend.ts";
import { retrying } from "./retry.ts";
import { malformedAnswer } from "./s3_fault.ts";
import type { S3Answer, S3Connection } from "./s3_request.ts";
import { unquote } from "./s3_xml.ts";

const METADATA_PREFIX = "x-amz-meta-";

/** What is held under a key, or `undefined`. */
export async function headObject(
  connection: S3Connection,
  key: BackendKey,
  signal: AbortSignal | undefined,
): Promise<Held | undefined> {
  try {
    const send = () => connection.send({ method: "HEAD", key, signal });
    return heldOf(connection, key, await retrying(send, signal));
  } catch (error) {
    if (error instanceof BackendError && error.kind === "not-found") return undefined;
    throw error;
  }
}

function heldOf(connection: S3Connection, key: BackendKey, { headers }: S3Answer): Held {
  const size = Number(headers["content-length"] ?? NaN);
  const lastModified = new Date(headers["last-modified"] ?? NaN);
  if (!Number.isSafeInteger(size) || Number.isNaN(lastModified.getTime())) {
    throw malformedAnswer(connection.name, "it has no Content-Length or no Last-Modified");
  }
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith(METADATA_PREFIX) && value !== undefined) {
      metadata[name.slice(METADATA_PREFIX.length)] = value;
    }
  }
  return {
    key,
    size,
    lastModified,
    etag: unquote(headers["etag"] ?? ""),
    contentType: headers["content-type"],
    metadata,
  };
}
