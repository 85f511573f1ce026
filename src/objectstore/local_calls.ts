/**
 * The calls of a bucket in this process's own storage.
 *
 * @module
 */
import type { Storage } from "../storage/storage.ts";
import type {
  AttemptBody,
  BucketCalls,
  CopySource,
  KeyFault,
  List,
  Page,
  Read,
  Signing,
} from "./bucket_calls.ts";
import type { BucketStoreOptions } from "./bucket_store.ts";
import { bucketUrlAt } from "./bucket_url.ts";
import { chosenRange } from "./chosen_range.ts";
import { kindOf } from "./fault_kind.ts";
import { demandTag, LocalAccess } from "./local_access.ts";
import { localFault } from "./local_fault.ts";
import { conditionOf, headersOf, metadataOf, NOBODY, uploadOf } from "./local_objects.ts";
import { LocalUploads } from "./local_uploads.ts";
import type {
  ListedEntry,
  ObjectDescription,
  ObjectMetadata,
  OpenObject,
  WriteCondition,
  Written,
} from "./object_store.ts";
import { ObjectStoreError } from "./object_store_error.ts";
import { streamOf } from "./stream_of.ts";
import { unshared } from "./unshared.ts";

/** A bucket of this process's own storage. */
export interface LocalOptions extends BucketStoreOptions {
  readonly storage: Storage;
  readonly bucket: string;
  readonly region: string;
  /** What URLs and forms are signed with: a key that this service lets in. */
  readonly credentials?: Signing["credentials"];
  /** URL of this service, for URLs and forms. */
  readonly endpoint?: string;
}

/** A bucket of this process. */
export class LocalCalls implements BucketCalls {
  readonly backend = "local";
  readonly bucket: string;
  readonly region: string;
  readonly uploads: LocalUploads;
  readonly #storage: Storage;
  readonly #access: LocalAccess;
  readonly #options: LocalOptions;

  constructor(options: LocalOptions) {
    this.bucket = options.bucket;
    this.region = options.region;
    this.#storage = options.storage;
    this.#options = options;
    this.#access = new LocalAccess(options.storage, options.bucket);
    this.uploads = new LocalUploads(this.#access);
  }

  async headBucket(signal?: AbortSignal): Promise<{ readonly region: string }> {
    await this.#requireBucket(signal);
    return { region: this.region };
  }

  async bucketCreatedAt(signal?: AbortSignal): Promise<Date | undefined> {
    return (await this.#requireBucket(signal)).createdAt;
  }

  async createBucket(signal?: AbortSignal): Promise<void> {
    await this.#access.call("", signal, () => this.#storage.createBucket(this.bucket, NOBODY));
  }

  async deleteBucket(signal?: AbortSignal): Promise<void> {
    await this.#access.call("", signal, () => this.#storage.deleteBucket(this.bucket));
  }

  async put(
    key: string,
    body: AttemptBody,
    write: ObjectDescription & WriteCondition,
    signal?: AbortSignal,
  ): Promise<Written> {
    const isWhole = body instanceof Uint8Array;
    const { etag, size } = await this.#access.call(key, signal, () =>
      this.#storage.putObject({
        ...this.#at(key),
        owner: NOBODY,
        headers: headersOf(write),
        condition: conditionOf(write),
        upload: uploadOf(isWhole ? body : body.stream, isWhole ? body.length : body.size),
        signal,
      }));
    return { etag, size };
  }

  async open(key: string, { range, ifMatch }: Read, signal?: AbortSignal): Promise<OpenObject> {
    const { object, body } = await this.#access.call(
      key,
      signal,
      () =>
        this.#storage.getObject(this.bucket, key, (object) => {
          demandTag(object, ifMatch);
          return { range: range && chosenRange(range, object.size), signal };
        }),
    );
    return { ...metadataOf(object), body: this.#faultsOf(key, body, signal) };
  }

  async head(key: string, signal?: AbortSignal): Promise<ObjectMetadata> {
    return await this.headSource({ bucket: this.bucket, key }, signal);
  }

  async headSource(source: CopySource, signal?: AbortSignal): Promise<ObjectMetadata> {
    return metadataOf(await this.#access.find(source, signal));
  }

  async delete(key: string, signal?: AbortSignal): Promise<void> {
    await this.#access.call(key, signal, () => this.#storage.deleteObject(this.bucket, key));
  }

  async deleteMany(keys: readonly string[], signal?: AbortSignal): Promise<readonly KeyFault[]> {
    const objects = keys.map((key) => ({ key }));
    const remaining = await this.#access.call(
      "",
      signal,
      () => this.#storage.deleteObjects(this.bucket, objects),
    );
    return remaining.map(({ key, code }) => {
      const error = new ObjectStoreError(kindOf(code, undefined), code, { code });
      return { key, error };
    });
  }

  async list(
    { prefix, delimiter, startAfter, limit }: List,
    after = startAfter,
    signal?: AbortSignal,
  ): Promise<Page<ListedEntry>> {
    const list = { bucket: this.bucket, prefix, delimiter, after, limit };
    const { entries, truncated } = await this.#access.call(
      prefix,
      signal,
      () => this.#storage.listObjects(list),
    );
    const items = entries.map((entry): ListedEntry => {
      if (entry.kind === "prefix") return entry;
      const { key, size, etag, lastModified } = entry.object;
      return { kind: "object", key, size, etag, lastModified };
    });
    const last = items.at(-1);
    const next = last?.kind === "object" ? last.key : last?.prefix;
    return { items, next: truncated ? next : undefined };
  }

  async copy(
    from: CopySource,
    key: string,
    description: ObjectDescription | undefined,
    signal?: AbortSignal,
  ): Promise<{ readonly etag: string }> {
    const source = await this.#access.find(from, signal);
    return await this.#access.call(key, signal, () =>
      this.#storage.copyObject({
        ...this.#at(key),
        source,
        owner: NOBODY,
        headers: description === undefined ? source.headers : headersOf(description),
        condition: { kind: "none" },
        signal,
      }));
  }

  signing(endpoint = this.#options.endpoint): Promise<Signing> {
    const { credentials } = this.#options;
    if (credentials === undefined || endpoint === undefined) {
      const message = "URLs need a key to sign with, and the URL of the service";
      return Promise.reject(new ObjectStoreError("Refused", message, { code: "NotImplemented" }));
    }
    const bucketUrl = bucketUrlAt(endpoint, this.bucket);
    return Promise.resolve({ credentials, region: this.region, bucketUrl });
  }

  close(): void {
    // What there is to give up is the storage, which belongs to others.
  }

  async #requireBucket(signal: AbortSignal | undefined) {
    const found = await this.#access.call("", signal, () => this.#storage.findBucket(this.bucket));
    if (found !== undefined) return found;
    const message = `${this.#access.nameOf("")}: there is no such bucket`;
    throw new ObjectStoreError("NotFound", message, { code: "NoSuchBucket" });
  }

  #faultsOf(
    key: string,
    body: ReadableStream<Uint8Array>,
    signal: AbortSignal | undefined,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    const faultOf = (error: unknown) =>
      signal?.aborted ? signal.reason : localFault(this.#access.nameOf(key), error);
    const received = body.values();
    async function* chunks(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
      try {
        for await (const chunk of received) {
          signal?.throwIfAborted();
          yield unshared(chunk);
        }
      } catch (error) {
        throw faultOf(error);
      }
    }
    return streamOf(chunks(), async () => void await received.return?.());
  }

  #at(key: string) {
    return { bucket: this.bucket, key };
  }
}
