/**
 * Uploads in parts to a bucket in this process's own storage.
 *
 * @module
 */
import type { CopySource, Page } from "./bucket_calls.ts";
import type { LocalAccess } from "./local_access.ts";
import { conditionOf, headersOf, NOBODY, uploadOf } from "./local_objects.ts";
import type { ObjectDescription, WriteCondition } from "./object_store.ts";
import type { KeptPart, UploadCalls, UploadUnderWay } from "./upload_calls.ts";

/** Most items of a page. */
const PAGE = 1_000;

/** The uploads of a bucket. */
export class LocalUploads implements UploadCalls {
  readonly #access: LocalAccess;

  constructor(access: LocalAccess) {
    this.#access = access;
  }

  async create(
    key: string,
    description: ObjectDescription,
    signal?: AbortSignal,
  ): Promise<string> {
    const create = {
      bucket: this.#access.bucket,
      key,
      owner: NOBODY,
      headers: headersOf(description),
    };
    const upload = await this.#access.call(
      key,
      signal,
      () => this.#access.storage.createMultipartUpload(create),
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
    return (await this.#access.call(
      upload.key,
      signal,
      () => this.#access.storage.uploadPart(part),
    )).etag;
  }

  async copyPart(
    upload: UploadUnderWay,
    partNumber: number,
    from: CopySource,
    range: { readonly start: number; readonly end: number },
    signal?: AbortSignal,
  ): Promise<string> {
    const source = await this.#access.find(from, signal);
    const part = { ...this.#of(upload), partNumber, source, range, signal };
    return (await this.#access.call(
      upload.key,
      signal,
      () => this.#access.storage.uploadPartCopy(part),
    )).etag;
  }

  async listParts(
    { key, uploadId }: UploadUnderWay,
    after = "0",
    signal?: AbortSignal,
  ): Promise<Page<KeptPart>> {
    const { parts, truncated } = await this.#access.call(
      key,
      signal,
      () => this.#access.storage.listParts(this.#access.bucket, key, uploadId, Number(after), PAGE),
    );
    const items = parts.map(({ partNumber, size, etag }) => ({ partNumber, size, etag }));
    return { items, next: truncated ? String(items.at(-1)?.partNumber) : undefined };
  }

  async complete(
    upload: UploadUnderWay,
    parts: readonly Pick<KeptPart, "partNumber" | "etag">[],
    condition: WriteCondition,
    signal?: AbortSignal,
  ): Promise<string> {
    const complete = { ...this.#of(upload), parts, condition: conditionOf(condition) };
    const object = await this.#access.call(
      upload.key,
      signal,
      () => this.#access.storage.completeMultipartUpload(complete),
    );
    return object.etag;
  }

  async abort({ key, uploadId }: UploadUnderWay, signal?: AbortSignal): Promise<void> {
    await this.#access.call(
      key,
      signal,
      () => this.#access.storage.abortMultipartUpload(this.#access.bucket, key, uploadId),
    );
  }

  async list(
    prefix: string,
    after?: string,
    signal?: AbortSignal,
  ): Promise<Page<UploadUnderWay>> {
    const [keyMarker, uploadIdMarker] = after === undefined ? ["", ""] : JSON.parse(after);
    const list = {
      bucket: this.#access.bucket,
      prefix,
      delimiter: "",
      keyMarker,
      uploadIdMarker,
      limit: PAGE,
    };
    const { entries, truncated } = await this.#access.call(
      prefix,
      signal,
      () => this.#access.storage.listMultipartUploads(list),
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

  #of({ key, uploadId }: UploadUnderWay) {
    return { bucket: this.#access.bucket, key, uploadId };
  }
}
