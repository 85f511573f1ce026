/**
 * The calls of a bucket in this process's own storage.
 *
 * @module
 */
import type {
  ObjectHeaders,
  StoredObject,
  WriteCondition as StoredCondition,
} from "../storage/model.ts";
import type { Storage } from "../storage/storage.ts";
import type {
  AttemptBody,
  BucketCalls,
  CopySource,
  KeptPart,
  KeyFault,
  List,
  Page,
  Read,
  Signing,
  UploadUnderWay,
} from "./bucket_calls.ts";
import type { BucketStoreOptions } from "./bucket_store.ts";
import { bucketUrlAt } from "./bucket_url.ts";
import { chosenRange } from "./chosen_range.ts";
import { kindOf } from "./fault_kind.ts";
import { localFault } from "./local_fault.ts";
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

/** Whose objects these are: the process's own. */
const NOBODY = "";

/** Most items of a page. */
const PAGE = 1_000;

const DEFAULT_CONTENT_TYPE = "application/octet-stream";

/** A bucket of this process. */
export class LocalCalls implements BucketCalls {
  readonly backend = "local";
  readonly bucket: string;
  readonly region: string;
  readonly #storage: Storage;
  readonly #options: LocalOptions;

  constructor(options: LocalOptions) {
    this.bucket = options.bucket;
    this.region = options.region;
    this.#storage = options.storage;
    this.#options = options;
  }

  async headBucket(signal?: AbortSignal): Promise<{ readonly region: string }> {
    await this.#requireBucket(signal);
    return { region: this.region };
  }

  async bucketCreatedAt(signal?: AbortSignal): Promise<Date | undefined> {
    return (await this.#requireBucket(signal)).createdAt;
  }

  async createBucket(signal?: AbortSignal): Promise<void> {
    await this.#call("", signal, () => this.#storage.createBucket(this.bucket, NOBODY));
  }

  async deleteBucket(signal?: AbortSignal): Promise<void> {
    await this.#call("", signal, () => this.#storage.deleteBucket(this.bucket));
  }

  async put(
    key: string,
    body: AttemptBody,
    write: ObjectDescription & WriteCondition,
    signal?: AbortSignal,
  ): Promise<Written> {
    const isWhole = body instanceof Uint8Array;
    const { etag, size } = await this.#call(key, signal, () =>
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
    const { object, body } = await this.#call(
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
    return metadataOf(await this.#find(source, signal));
  }

  async delete(key: string, signal?: AbortSignal): Promise<void> {
    await this.#call(key, signal, () => this.#storage.deleteObject(this.bucket, key));
  }

  async deleteMany(keys: readonly string[], signal?: AbortSignal): Promise<readonly KeyFault[]> {
    const objects = keys.map((key) => ({ key }));
    const remaining = await this.#call(
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
    const { entries, truncated } = await this.#call(
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
    const source = await this.#find(from, signal);
    return await this.#call(key, signal, () =>
      this.#storage.copyObject({
        ...this.#at(key),
        source,
        owner: NOBODY,
        headers: description === undefined ? source.headers : headersOf(description),
        condition: { kind: "none" },
        signal,
      }));
  }

  async createUpload(
    key: string,
    description: ObjectDescription,
    signal?: AbortSignal,
  ): Promise<string> {
    const create = { ...this.#at(key), owner: NOBODY, headers: headersOf(description) };
    const upload = await this.#call(
      key,
      signal,
      () => this.#storage.createMultipartUpload(create),
    );
    return upload.uploadId;
  }

  async putPart(
    upload: UploadUnderWay,
    partNumber: number,
    bytes: Uint8Array<ArrayBuffer>,
    signal?: AbortSignal,
  ): Promise<string> {
    const part = {
      ...this.#of(upload),
      partNumber,
      upload: uploadOf(bytes, bytes.length),
      signal,
    };
    return (await this.#call(upload.key, signal, () => this.#storage.uploadPart(part))).etag;
  }

  async copyPart(
    upload: UploadUnderWay,
    partNumber: number,
    from: CopySource,
    range: { readonly start: number; readonly end: number },
    signal?: AbortSignal,
  ): Promise<string> {
    const source = await this.#find(from, signal);
    const part = { ...this.#of(upload), partNumber, source, range, signal };
    return (await this.#call(upload.key, signal, () => this.#storage.uploadPartCopy(part))).etag;
  }

  async listParts(
    { key, uploadId }: UploadUnderWay,
    after = "0",
    signal?: AbortSignal,
  ): Promise<Page<KeptPart>> {
    const { parts, truncated } = await this.#call(
      key,
      signal,
      () => this.#storage.listParts(this.bucket, key, uploadId, Number(after), PAGE),
    );
    const items = parts.map(({ partNumber, size, etag }) => ({ partNumber, size, etag }));
    return { items, next: truncated ? String(items.at(-1)?.partNumber) : undefined };
  }

  async completeUpload(
    upload: UploadUnderWay,
    parts: readonly Pick<KeptPart, "partNumber" | "etag">[],
    condition: WriteCondition,
    signal?: AbortSignal,
  ): Promise<string> {
    const complete = { ...this.#of(upload), parts, condition: conditionOf(condition) };
    const object = await this.#call(
      upload.key,
      signal,
      () => this.#storage.completeMultipartUpload(complete),
    );
    return object.etag;
  }

  async abortUpload({ key, uploadId }: UploadUnderWay, signal?: AbortSignal): Promise<void> {
    await this.#call(
      key,
      signal,
      () => this.#storage.abortMultipartUpload(this.bucket, key, uploadId),
    );
  }

  async listUploads(
    prefix: string,
    after?: string,
    signal?: AbortSignal,
  ): Promise<Page<UploadUnderWay>> {
    const [keyMarker, uploadIdMarker] = after === undefined ? ["", ""] : JSON.parse(after);
    const list = {
      bucket: this.bucket,
      prefix,
      delimiter: "",
      keyMarker,
      uploadIdMarker,
      limit: PAGE,
    };
    const { entries, truncated } = await this.#call(
      prefix,
      signal,
      () => this.#storage.listMultipartUploads(list),
    );
    const items = entries.flatMap((entry) =>
      entry.kind === "upload" ? [{ key: entry.upload.key, uploadId: entry.upload.uploadId }] : []
    );
    const last = items.at(-1);
    return {
      items,
      next: truncated && last !== undefined ? JSON.stringify([last.key, last.uploadId]) : undefined,
    };
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
    const found = await this.#call("", signal, () => this.#storage.findBucket(this.bucket));
    if (found !== undefined) return found;
    const message = `${this.#nameOf("")}: there is no such bucket`;
    throw new ObjectStoreError("NotFound", message, { code: "NoSuchBucket" });
  }

  async #find({ bucket, key, ifMatch }: CopySource, signal?: AbortSignal): Promise<StoredObject> {
    const object = await this.#call(key, signal, () => this.#storage.headObject(bucket, key));
    demandTag(object, ifMatch);
    return object;
  }

  async #call<Result>(
    key: string,
    signal: AbortSignal | undefined,
    run: () => Promise<Result>,
  ): Promise<Result> {
    signal?.throwIfAborted();
    try {
      return await run();
    } catch (error) {
      throw signal?.aborted ? signal.reason : localFault(this.#nameOf(key), error);
    }
  }

  #faultsOf(
    key: string,
    body: ReadableStream<Uint8Array>,
    signal: AbortSignal | undefined,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    const faultOf = (error: unknown) =>
      signal?.aborted ? signal.reason : localFault(this.#nameOf(key), error);
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

  #of({ key, uploadId }: UploadUnderWay) {
    return { ...this.#at(key), uploadId };
  }

  #nameOf(key: string): string {
    return `s3://${this.bucket}/${key}`;
  }
}

function uploadOf(content: Uint8Array | AsyncIterable<Uint8Array>, size: number) {
  return { size, content, digests: () => ({}) };
}

function headersOf(
  { contentType = DEFAULT_CONTENT_TYPE, metadata = {}, ...kept }: ObjectDescription,
): ObjectHeaders {
  const { contentDisposition, cacheControl, contentEncoding, contentLanguage } = kept;
  return {
    contentType,
    contentDisposition,
    cacheControl,
    contentEncoding,
    contentLanguage,
    metadata,
  };
}

function conditionOf({ ifAbsent, ifMatch }: WriteCondition): StoredCondition {
  if (ifMatch !== undefined) return { kind: "match", etag: ifMatch };
  return { kind: ifAbsent ? "absent" : "none" };
}

function metadataOf({ key, size, etag, lastModified, headers }: StoredObject): ObjectMetadata {
  const { contentType = DEFAULT_CONTENT_TYPE, metadata, ...kept } = headers;
  return {
    key,
    size,
    etag,
    lastModified,
    contentType,
    contentDisposition: kept.contentDisposition,
    cacheControl: kept.cacheControl,
    contentEncoding: kept.contentEncoding,
    contentLanguage: kept.contentLanguage,
    metadata,
  };
}

function demandTag({ key, etag }: StoredObject, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch === etag) return;
  throw new ObjectStoreError("PreconditionFailed", `${key}: it is another object by now`, {
    code: "PreconditionFailed",
  });
}
