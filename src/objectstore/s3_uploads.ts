/**
 * Uploads in parts to a bucket in any S3 store.
 *
 * @module
 */
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import type { CopySource, Page } from "./bucket_calls.ts";
import type { ObjectDescription, WriteCondition } from "./object_store.ts";
import { ObjectStoreError } from "./object_store_error.ts";
import { nameReader, nextPage, unquoted } from "./s3_answer.ts";
import { conditionOf, described, sourceOf } from "./s3_input.ts";
import type { S3Sender } from "./s3_sender.ts";
import type { KeptPart, UploadCalls, UploadUnderWay } from "./upload_calls.ts";

/** The uploads of a bucket. */
export class S3Uploads implements UploadCalls {
  readonly #client: S3Client;
  readonly #sender: S3Sender;
  readonly #bucket: string;

  constructor(client: S3Client, sender: S3Sender, bucket: string) {
    this.#client = client;
    this.#sender = sender;
    this.#bucket = bucket;
  }

  async create(
    key: string,
    description: ObjectDescription,
    signal?: AbortSignal,
  ): Promise<string> {
    const command = new CreateMultipartUploadCommand({
      Bucket: this.#bucket,
      Key: key,
      ...described(description),
    });
    const { UploadId } = await this.#sender.send(
      (options) => this.#client.send(command, options),
      key,
      signal,
    );
    if (UploadId !== undefined) return UploadId;
    throw new ObjectStoreError("Unavailable", `${key}: an upload began without its id`, {
      code: "InternalError",
    });
  }

  async putPart(
    upload: UploadUnderWay,
    partNumber: number,
    bytes: Uint8Array<ArrayBuffer>,
    signal?: AbortSignal,
  ): Promise<string> {
    const { ETag } = await this.#sender.sendBody(
      bytes,
      (Body, options) =>
        this.#client.send(
          new UploadPartCommand({
            ...this.#of(upload),
            PartNumber: partNumber,
            ContentLength: bytes.length,
            Body,
          }),
          options,
        ),
      upload.key,
      signal,
    );
    return unquoted(ETag);
  }

  async copyPart(
    upload: UploadUnderWay,
    partNumber: number,
    source: CopySource,
    { start, end }: { readonly start: number; readonly end: number },
    signal?: AbortSignal,
  ): Promise<string> {
    const command = new UploadPartCopyCommand({
      ...this.#of(upload),
      ...sourceOf(source),
      PartNumber: partNumber,
      CopySourceRange: `bytes=${start}-${end}`,
    });
    const { CopyPartResult } = await this.#sender.sendWork(
      (options) => this.#client.send(command, options),
      upload.key,
      signal,
    );
    return unquoted(CopyPartResult?.ETag);
  }

  async listParts(
    upload: UploadUnderWay,
    after?: string,
    signal?: AbortSignal,
  ): Promise<Page<KeptPart>> {
    const command = new ListPartsCommand({ ...this.#of(upload), PartNumberMarker: after });
    const page = await this.#sender.send(
      (options) => this.#client.send(command, options),
      upload.key,
      signal,
    );
    const items = (page.Parts ?? []).map(({ PartNumber = 0, Size = 0, ETag }) => ({
      partNumber: PartNumber,
      size: Size,
      etag: unquoted(ETag),
    }));
    return { items, next: nextPage(page, page.NextPartNumberMarker) };
  }

  async complete(
    upload: UploadUnderWay,
    parts: readonly Pick<KeptPart, "partNumber" | "etag">[],
    condition: WriteCondition,
    signal?: AbortSignal,
  ): Promise<string> {
    const command = new CompleteMultipartUploadCommand({
      ...this.#of(upload),
      ...conditionOf(condition),
      MultipartUpload: {
        Parts: parts.map(({ partNumber, etag }) => ({ PartNumber: partNumber, ETag: `"${etag}"` })),
      },
    });
    return unquoted(
      (await this.#sender.sendWork(
        (options) => this.#client.send(command, options),
        upload.key,
        signal,
      )).ETag,
    );
  }

  async abort(upload: UploadUnderWay, signal?: AbortSignal): Promise<void> {
    const command = new AbortMultipartUploadCommand(this.#of(upload));
    await this.#sender.send((options) => this.#client.send(command, options), upload.key, signal);
  }

  async list(
    prefix: string,
    after?: string,
    signal?: AbortSignal,
  ): Promise<Page<UploadUnderWay>> {
    const [KeyMarker, UploadIdMarker] = after === undefined ? [] : JSON.parse(after);
    const command = new ListMultipartUploadsCommand({
      Bucket: this.#bucket,
      Prefix: prefix || undefined,
      KeyMarker,
      UploadIdMarker,
      EncodingType: "url",
    });
    const page = await this.#sender.send(
      (options) => this.#client.send(command, options),
      prefix,
      signal,
    );
    const nameOf = nameReader(page);
    const items = (page.Uploads ?? []).flatMap(({ Key, UploadId }) =>
      Key === undefined || UploadId === undefined ? [] : [{ key: nameOf(Key), uploadId: UploadId }]
    );
    const key = nextPage(page, page.NextKeyMarker);
    const next = key && JSON.stringify([nameOf(key), page.NextUploadIdMarker]);
    return { items, next };
  }

  #of({ key, uploadId }: UploadUnderWay) {
    return { Bucket: this.#bucket, Key: key, UploadId: uploadId };
  }
}
