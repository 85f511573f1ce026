/**
 * An `ObjectStore` over the calls of any bucket.
 *
 * @module
 */
import { abortUploads } from "./abort_uploads.ts";
import { attemptsOf, type RetryOptions } from "./attempts.ts";
import type { BucketCalls } from "./bucket_calls.ts";
import {
  bucketExists,
  bucketInfo,
  createBucketIfNotExists,
  deleteBucket,
  storeHealth,
  storeStats,
} from "./buckets.ts";
import type { StoreContext } from "./context.ts";
import { COPY_LIMIT, copyObject } from "./copy_object.ts";
import { demandKey } from "./demand.ts";
import { deleteObjects } from "./delete_objects.ts";
import { listObjects } from "./list_objects.ts";
import { multipartUpload } from "./multipart_upload.ts";
import { putObjectFromFile, writeToFile } from "./object_file.ts";
import type * as contract from "./object_store.ts";
import { isNotFound } from "./object_store_error.ts";
import { presignedPost } from "./presigned_post.ts";
import { type PresignedMethod, presignedUrl } from "./presigned_url.ts";
import { putObject } from "./put_object.ts";
import { headObject, openObject, readObject } from "./read_object.ts";

/** What every store can be told. */
export interface BucketStoreOptions {
  readonly retry?: RetryOptions;
  /** Bytes, at least 5 MiB; larger objects are copied in parts. 5 GiB without it, the most S3 copies. */
  readonly copyLimit?: number;
}

/** The objects of one bucket. */
export class BucketStore implements contract.ObjectStore {
  readonly #ctx: StoreContext;

  constructor(calls: BucketCalls, { retry, copyLimit = COPY_LIMIT }: BucketStoreOptions) {
    this.#ctx = { calls, attempting: attemptsOf(retry), copyLimit };
  }

  get bucket(): string {
    return this.#ctx.calls.bucket;
  }

  async connect({ signal }: contract.Cancellable = {}): Promise<void> {
    const { calls, attempting } = this.#ctx;
    await attempting(() => calls.headBucket(signal), signal);
  }

  disconnect(): Promise<void> {
    this.#ctx.calls.close();
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.disconnect();
  }

  healthCheck({ signal }: contract.Cancellable = {}): Promise<contract.StoreHealth> {
    return storeHealth(this.#ctx, signal);
  }

  createBucketIfNotExists({ signal }: contract.Cancellable = {}): Promise<boolean> {
    return createBucketIfNotExists(this.#ctx, signal);
  }

  deleteBucket(
    { force = false, signal }: contract.Cancellable & { readonly force?: boolean } = {},
  ): Promise<void> {
    return deleteBucket(this.#ctx, force, signal);
  }

  bucketExists({ signal }: contract.Cancellable = {}): Promise<boolean> {
    return bucketExists(this.#ctx, signal);
  }

  getBucketInfo({ signal }: contract.Cancellable = {}): Promise<contract.BucketInfo> {
    return bucketInfo(this.#ctx, signal);
  }

  getStats({ signal }: contract.Cancellable = {}): Promise<contract.StoreStats> {
    return storeStats(this.#ctx, signal);
  }

  putObject(
    key: string,
    body: contract.ObjectBody,
    options?: contract.WriteOptions,
  ): Promise<contract.Written> {
    return putObject(this.#ctx, key, body, options);
  }

  putObjectFromFile(
    key: string,
    path: string,
    options?: contract.WriteOptions,
  ): Promise<contract.Written> {
    return putObjectFromFile(this.#ctx, key, path, options);
  }

  multipartUpload(
    key: string,
    body: AsyncIterable<Uint8Array<ArrayBuffer>>,
    options?: contract.MultipartOptions,
  ): Promise<contract.Written> {
    return multipartUpload(this.#ctx, key, body, options);
  }

  async abortMultipartUploads(
    key: string,
    { signal }: contract.Cancellable = {},
  ): Promise<number> {
    demandKey(key);
    return await abortUploads(this.#ctx, key, (other) => other === key, signal);
  }

  getObject(key: string, options?: contract.ReadOptions): Promise<contract.ReadObject> {
    return readObject(this.#ctx, key, options);
  }

  getObjectStream(key: string, options?: contract.ReadOptions): Promise<contract.OpenObject> {
    return openObject(this.#ctx, key, options);
  }

  getObjectToFile(
    key: string,
    path: string,
    options?: contract.ReadOptions,
  ): Promise<contract.ObjectMetadata> {
    return writeToFile(() => openObject(this.#ctx, key, options), path);
  }

  getObjectMetadata(
    key: string,
    { signal }: contract.Cancellable = {},
  ): Promise<contract.ObjectMetadata> {
    return headObject(this.#ctx, key, signal);
  }

  async objectExists(key: string, { signal }: contract.Cancellable = {}): Promise<boolean> {
    try {
      await headObject(this.#ctx, key, signal);
      return true;
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
  }

  async deleteObject(key: string, { signal }: contract.Cancellable = {}): Promise<void> {
    const { calls, attempting } = this.#ctx;
    demandKey(key);
    await attempting(() => calls.delete(key, signal), signal);
  }

  deleteObjects(
    keys: Iterable<string> | AsyncIterable<string>,
    { signal }: contract.Cancellable = {},
  ): Promise<contract.Deletion> {
    return deleteObjects(this.#ctx, keys, signal);
  }

  listObjects(options?: contract.ListOptions): AsyncIterable<contract.ListedEntry> {
    return listObjects(this.#ctx, options);
  }

  copyObject(
    sourceKey: string,
    key: string,
    options?: contract.CopyOptions,
  ): Promise<contract.Written> {
    return copyObject(this.#ctx, sourceKey, key, options);
  }

  async generatePresignedUrl(
    method: PresignedMethod,
    key: string,
    options: contract.PresignOptions,
  ): Promise<string> {
    const signing = await this.#ctx.calls.signing(options.endpoint);
    return presignedUrl(signing, method, key, options, new Date());
  }

  async generatePresignedPost(
    key: string,
    options: contract.PresignedPostOptions,
  ): Promise<contract.PresignedPost> {
    const signing = await this.#ctx.calls.signing(options.endpoint);
    return presignedPost(signing, this.bucket, key, options, new Date());
  }
}
