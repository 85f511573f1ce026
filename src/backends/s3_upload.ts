/**
 * Sends bytes to an S3 store, as an object or as a part, and knows their MD5 afterwards.
 *
 * @module
 */
import { createHash, type Hash } from "node:crypto";
import { UNSIGNED_PAYLOAD } from "../sigv4/canonical_request.ts";
import { chunked, CHUNKED_HEADERS, CHUNKED_PAYLOAD, chunkedLength } from "./aws_chunked.ts";
import { BackendError, type Content, type Stored } from "./backend.ts";
import { exactly, requireSize } from "./content.ts";
import type { EntityTags, TaggedAnswer } from "./entity_tags.ts";
import { isPassing, retrying } from "./retry.ts";
import { malformedAnswer } from "./s3_fault.ts";
import type { RequestBody, S3Answer, S3Connection } from "./s3_request.ts";
import { unquote } from "./s3_xml.ts";

/** Up to here MD5 takes less than 0.1 ms, and is always computed and sent along. Bytes. */
const CHEAP_DIGEST_LIMIT = 64 * 1024;

/** Where bytes go. */
export interface Destination {
  readonly key: string;
  /** Names the part, where it is one. */
  readonly query?: string;
  /** What is known of the entity tags of such uploads. */
  readonly tags: EntityTags;
  readonly signal?: AbortSignal;
}

/** What an answer says of its entity tag (unquoted). */
export function taggedAnswer(etag: string, headers: S3Answer["headers"]): TaggedAnswer {
  return {
    etag,
    encryption: headers["x-amz-server-side-encryption"],
    customerEncryption: headers["x-amz-server-side-encryption-customer-algorithm"],
  };
}

/** Stores `size` bytes, or nothing. */
export async function upload(
  connection: S3Connection,
  destination: Destination,
  content: Content,
  size: number,
): Promise<Stored> {
  if (content instanceof Uint8Array) {
    requireSize(content, size, connection.name);
    return await uploadBytes(connection, destination, content);
  }
  if (size > 0) return await uploadStream(connection, destination, content, size);
  // Read all the same: it may be longer, or throw.
  await Array.fromAsync(exactly(content, 0, connection.name));
  return await uploadBytes(connection, destination, new Uint8Array());
}

/** Stores bytes that are in memory, trying again where that helps. */
export async function uploadBytes(
  connection: S3Connection,
  destination: Destination,
  bytes: Uint8Array,
): Promise<Stored> {
  const compute = bytes.length <= CHEAP_DIGEST_LIMIT || !destination.tags.areMd5;
  const digest = compute ? createHash("md5").update(bytes).digest() : undefined;
  // The store refuses what was corrupted on the way; entity tags only tell afterwards.
  const headers = digest && { "content-md5": digest.toString("base64") };
  const answer = await retrying(
    () => connection.send(putRequest(connection, destination, bytes, bytes.length, headers)),
    destination.signal,
  );
  return settle(connection, destination, answer, bytes.length, digest?.toString("hex"));
}

/** Stores exactly `size` (1 or more) bytes of a stream. It is sent once. */
async function uploadStream(
  connection: S3Connection,
  destination: Destination,
  content: AsyncIterable<Uint8Array>,
  size: number,
): Promise<Stored> {
  const hash = destination.tags.areMd5 ? undefined : createHash("md5");
  let started = false;
  const watched = watch(exactly(content, size, connection.name), hash, () => started = true);
  const answer = await retrying(
    () => connection.send(putRequest(connection, destination, watched, size)),
    destination.signal,
    (error) => !started && isPassing(error),
  );
  return settle(connection, destination, answer, size, hash?.digest("hex"));
}

function putRequest(
  connection: S3Connection,
  { key, query, signal }: Destination,
  content: RequestBody["content"],
  size: number,
  headers: Readonly<Record<string, string>> = {},
) {
  const { awsChunked } = connection.config;
  if (!awsChunked || size === 0) {
    const body = { content, length: size, payloadSha256: UNSIGNED_PAYLOAD };
    return { method: "PUT", key, query, headers, body, signal } as const;
  }
  const framed = chunked(content instanceof Uint8Array ? once(content) : content, size);
  const length = chunkedLength(size);
  return {
    method: "PUT",
    key,
    query,
    headers: { ...headers, ...CHUNKED_HEADERS, "x-amz-decoded-content-length": String(size) },
    body: { content: framed, length, payloadSha256: CHUNKED_PAYLOAD },
    signal,
  } as const;
}

async function settle(
  connection: S3Connection,
  destination: Destination,
  answer: S3Answer,
  size: number,
  computed: string | undefined,
): Promise<Stored> {
  const { headers } = answer;
  const etag = unquote(headers["etag"] ?? "");
  if (etag === "") throw malformedAnswer(connection.name, "it has no entity tag");
  const verdict = destination.tags.judge(taggedAnswer(etag, headers), computed);
  if (verdict.kind === "known") return { size, md5: verdict.md5, etag };
  if (destination.query === undefined) await discard(connection, destination.key);
  throw new BackendError(
    "unavailable",
    connection.name,
    verdict.kind === "corrupt"
      ? "the bytes were corrupted on the way"
      : "entity tags are no longer MD5; from now on it is computed",
    { status: answer.status, code: verdict.kind === "corrupt" ? "BadDigest" : undefined },
  );
}

/** Deletes what must not stay. It is no row's object yet, so what remains is swept like any orphan. */
async function discard(connection: S3Connection, key: string): Promise<void> {
  await retrying(() => connection.send({ method: "DELETE", key }), undefined).catch(() => {});
}

async function* watch(
  content: AsyncIterable<Uint8Array>,
  hash: Hash | undefined,
  onStart: () => void,
): AsyncGenerator<Uint8Array, void, void> {
  onStart();
  for await (const chunk of content) {
    hash?.update(chunk);
    yield chunk;
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void, void> {
  yield bytes;
}
