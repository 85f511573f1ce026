/**
 * Lists what an S3 store holds. Source: "ListObjectsV2", Amazon S3 API reference.
 *
 * @module
 */
import type { z } from "zod";
import { encodeQueryComponent } from "../sigv4/uri_encoding.ts";
import type { BackendKey, Held } from "./backend.ts";
import { retrying } from "./retry.ts";
import { malformedAnswer } from "./s3_fault.ts";
import type { S3Connection } from "./s3_request.ts";
import { listSchema, unquote } from "./s3_xml.ts";

/** Pages through keys that start with `prefix` and are greater than `startAfter`. */
export async function* listObjects(
  connection: S3Connection,
  prefix: string,
  startAfter: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly Held[], void, void> {
  let position: Readonly<Record<string, string>> = startAfter === ""
    ? {}
    : { "start-after": startAfter };
  while (true) {
    // Keys may hold characters that XML cannot; so they are asked for in URL encoding.
    const query = queryOf({ "encoding-type": "url", "list-type": "2", prefix, ...position });
    const send = () => connection.sendForDocument({ method: "GET", query, signal }, listSchema);
    const { value: page } = await retrying(send, signal);
    const held = heldOf(connection, page);
    if (held.length > 0) yield held;
    if (!page.IsTruncated) return;
    if (page.NextContinuationToken === undefined) {
      throw malformedAnswer(connection.name, "a page that others follow has no token");
    }
    position = { "continuation-token": page.NextContinuationToken };
  }
}

function heldOf(connection: S3Connection, page: z.output<typeof listSchema>): readonly Held[] {
  const decode = page.EncodingType === "url" ? decodeFormUrl : (key: string) => key;
  try {
    return page.Contents.map((entry) => ({
      // This is where the store's keys come from.
      key: decode(entry.Key) as BackendKey,
      size: entry.Size,
      lastModified: new Date(entry.LastModified),
      etag: unquote(entry.ETag),
    }));
  } catch (cause) {
    throw malformedAnswer(connection.name, "it lists a key that is not UTF-8", cause);
  }
}

/** Stores encode as forms do: `+` is a space. */
function decodeFormUrl(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}

function queryOf(parameters: Readonly<Record<string, string>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeQueryComponent(value)}`)
    .join("&");
}
