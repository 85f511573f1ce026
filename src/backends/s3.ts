/**
 * A backend that is a bucket of any S3 store.
 *
 * @module
 */
import {
  type Backend,
  BackendError,
  type BackendKey,
  type ByteRange,
  type CallOptions,
  type Content,
  type DeletionFailure,
  type Held,
  type Stored,
  type UploadedPart,
} from "./backend.ts";
import { unwrapContentFailure } from "./content.ts";
import { EntityTags } from "./entity_tags.ts";
import { retrying } from "./retry.ts";
import type { S3BackendConfig } from "./s3_address.ts";
import { Deleter } from "./s3_delete.ts";
import { openObject } from "./s3_download.ts";
import { headObject } from "./s3_head.ts";
import { listObjects } from "./s3_list.ts";
import {
  abortUpload,
  completeUpload,
  copyObject,
  copyPart,
  createUpload,
  listUploads,
  partQuery,
} from "./s3_multipart.ts";
import { S3Connection } from "./s3_request.ts";
import { uploadUnknownSize } from "./s3_unknown_size.ts";
import { upload } from "./s3_upload.ts";
import { Semaphore } from "./semaphore.ts";

export type { S3BackendConfig } from "./s3_address.ts";

/** Uploads of unknown size that may each hold 8 MiB in memory. */
const MAX_GATHERING = 8;

/**
 * A bucket of any S3 store.
 *
 * MD5 is computed until the store was seen to answer it as its entity tag, and again from the moment
 * that it stops; the uploads under way at that moment throw `unavailable`. What does not change the
 * store, and what is in memory, is tried three times.
 */
export class S3Backend implements Backend {
  readonly name: string;
  readonly #connection: S3Connection;
  readonly #deleter: Deleter;
  readonly #objectTags = new EntityTags();
  readonly #partTags = new EntityTags();
  readonly #turns = new Semaphore(MAX_GATHERING);

  constructor(config: S3BackendConfig) {
    this.name = config.name;
    this.#connection = new S3Connection(config);
    this.#deleter = new Deleter(this.#connection);
  }

  async put(
    key: BackendKey,
    content: Content,
    size: number | undefined,
    { signal }: CallOptions = {},
  ): Promise<Stored> {
    const connection = this.#connection;
    const tags = this.#objectTags;
    try {
      if (content instanceof Uint8Array) {
        return await upload(connection, { key, tags, signal }, content, size ?? content.length);
      }
      if (size !== undefined) {
        return await upload(connection, { key, tags, signal }, content, size);
      }
      const partTags = this.#partTags;
      const turns = this.#turns;
      return await uploadUnknownSize(connection, { key, tags, partTags, turns, signal }, content);
    } catch (error) {
      throw unwrapContentFailure(error);
    }
  }

  async get(
    key: BackendKey,
    range?: ByteRange,
    { signal }: CallOptions = {},
  ): Promise<ReadableStream<Uint8Array>> {
    return await retrying(() => openObject(this.#connection, key, range, signal), signal);
  }

  async head(key: BackendKey, { signal }: CallOptions = {}): Promise<Held | undefined> {
    return await headObject(this.#connection, key, signal);
  }

  async copy(
    from: BackendKey,
    to: BackendKey,
    size: number,
    { signal }: CallOptions = {},
  ): Promise<Stored> {
    const answer = await copyObject(this.#connection, from, to, signal);
    return { size, md5: this.#objectTags.believe(answer), etag: answer.etag };
  }

  async delete(
    keys: readonly BackendKey[],
    { signal }: CallOptions = {},
  ): Promise<readonly DeletionFailure[]> {
    return await this.#deleter.delete(keys, signal);
  }

  list(
    prefix: string,
    startAfter = "",
    { signal }: CallOptions = {},
  ): AsyncIterable<readonly Held[]> {
    return listObjects(this.#connection, prefix, startAfter, signal);
  }

  async createUpload(key: BackendKey, { signal }: CallOptions = {}): Promise<string> {
    return await createUpload(this.#connection, key, signal);
  }

  async putPart(
    key: BackendKey,
    uploadId: string,
    partNumber: number,
    content: Content,
    size: number,
    { signal }: CallOptions = {},
  ): Promise<Stored> {
    const query = partQuery(uploadId, partNumber);
    const destination = { key, query, tags: this.#partTags, signal };
    try {
      return await upload(this.#connection, destination, content, size);
    } catch (error) {
      throw unwrapContentFailure(error);
    }
  }

  /**
   * The store copies by itself only where its answer then carries the MD5. Elsewhere, and where it
   * refuses the range (Amazon S3 does so for sources up to 5 MB), the bytes are read and sent.
   */
  async copyPart(
    from: BackendKey,
    range: ByteRange,
    key: BackendKey,
    uploadId: string,
    partNumber: number,
    options: CallOptions = {},
  ): Promise<Stored> {
    const size = range.end - range.start + 1;
    if (this.#partTags.areMd5) {
      const part = { key, query: partQuery(uploadId, partNumber), signal: options.signal };
      const answer = await copyPart(this.#connection, from, range, part).catch(unlessRefused);
      const md5 = answer && this.#partTags.believe(answer);
      if (answer && md5 !== undefined) return { size, md5, etag: answer.etag };
    }
    const content = await this.get(from, range, options);
    return await this.putPart(key, uploadId, partNumber, content, size, options);
  }

  /** S3 keeps the last attempt only. */
  forgetPart(): Promise<void> {
    return Promise.resolve();
  }

  async completeUpload(
    key: BackendKey,
    uploadId: string,
    parts: readonly UploadedPart[],
    { signal }: CallOptions = {},
  ): Promise<Stored> {
    const etag = await completeUpload(this.#connection, key, uploadId, parts, signal);
    const held = await headObject(this.#connection, key, signal);
    if (held === undefined) {
      throw new BackendError("unavailable", this.name, "a completed upload is not there");
    }
    return { size: held.size, etag };
  }

  async abortUpload(
    key: BackendKey,
    uploadId: string,
    { signal }: CallOptions = {},
  ): Promise<void> {
    await abortUpload(this.#connection, key, uploadId, signal);
  }

  async abortUploads(key: BackendKey, { signal }: CallOptions = {}): Promise<void> {
    for (const uploadId of await listUploads(this.#connection, key, signal)) {
      await abortUpload(this.#connection, key, uploadId, signal);
    }
  }

  async check({ signal }: CallOptions = {}): Promise<void> {
    try {
      await this.#connection.send({ method: "HEAD", signal });
    } catch (error) {
      if (!(error instanceof BackendError) || error.kind !== "not-found") throw error;
      throw new BackendError("rejected", this.name, "there is no such bucket", error.detail, {
        cause: error,
      });
    }
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}

function unlessRefused(error: unknown): undefined {
  const refused = error instanceof BackendError &&
    (error.detail.code === "InvalidRequest" || error.detail.code === "NotImplemented");
  if (!refused) throw error;
}
