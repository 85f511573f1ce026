/**
 * The calls of a bucket in any S3 store.
 *
 * @module
 */
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
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
import { bucketUrlAt, sdkBucketUrl } from "./bucket_url.ts";
import { comparedByBytes } from "./compared_by_bytes.ts";
import { kindOf } from "./fault_kind.ts";
import type {
  ListedEntry,
  ObjectDescription,
  ObjectMetadata,
  OpenObject,
  WriteCondition,
  Written,
} from "./object_store.ts";
import { ObjectStoreError } from "./object_store_error.ts";
import { metadataOf, nameReader, nextPage, unquoted } from "./s3_answer.ts";
import { openS3Client } from "./s3_client.ts";
import { conditionOf, described, quoted, rangeHeader, sourceOf } from "./s3_input.ts";
import type { S3Options } from "./s3_options.ts";
import { S3Sender } from "./s3_sender.ts";
import { S3Uploads } from "./s3_uploads.ts";

/** What no document can name. Source: "Extensible Markup Language 1.0", production 2. */
// deno-lint-ignore no-control-regex
const BEYOND_XML = /[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/;

/** A bucket of an S3 store. */
export class S3Calls implements BucketCalls {
  readonly backend = "s3";
  readonly bucket: string;
  readonly region: string;
  readonly uploads: S3Uploads;
  readonly #client: S3Client;
  readonly #sender: S3Sender;

  constructor(options: S3Options) {
    const { bucket, region = "us-east-1", connectTimeout = 60_000, readTimeout = 60_000 } = options;
    this.bucket = bucket;
    this.region = region;
    this.#client = openS3Client({
      endpoint: options.endpoint,
      region,
      credentials: options.credentials,
      connectLimit: connectTimeout,
      answerLimit: 0,
    });
    this.#sender = new S3Sender(this.#client, bucket, readTimeout);
    this.uploads = new S3Uploads(this.#client, this.#sender, bucket);
  }

  async headBucket(signal?: AbortSignal): Promise<{ readonly region: string }> {
    const answer = await this.#sender.send(
      (options) => this.#client.send(new HeadBucketCommand({ Bucket: this.bucket }), options),
      "",
      signal,
    );
    return { region: answer.BucketRegion ?? this.region };
  }

  async bucketCreatedAt(signal?: AbortSignal): Promise<Date | undefined> {
    try {
      const answer = await this.#sender.send(
        (options) => this.#client.send(new ListBucketsCommand({}), options),
        "",
        signal,
      );
      return answer.Buckets?.find(({ Name }) => Name === this.bucket)?.CreationDate;
    } catch (error) {
      // Who may use a bucket need not be allowed to list all of them.
      if (error instanceof ObjectStoreError && error.kind === "AccessDenied") return undefined;
      throw error;
    }
  }

  async createBucket(signal?: AbortSignal): Promise<void> {
    await this.#sender.send(
      (options) => this.#client.send(new CreateBucketCommand({ Bucket: this.bucket }), options),
      "",
      signal,
    );
  }

  async deleteBucket(signal?: AbortSignal): Promise<void> {
    await this.#sender.send(
      (options) => this.#client.send(new DeleteBucketCommand({ Bucket: this.bucket }), options),
      "",
      signal,
    );
  }

  async put(
    key: string,
    body: AttemptBody,
    write: ObjectDescription & WriteCondition,
    signal?: AbortSignal,
  ): Promise<Written> {
    const size = body instanceof Uint8Array ? body.length : body.size;
    const answer = await this.#sender.sendBody(
      body,
      (Body, options) =>
        this.#client.send(
          new PutObjectCommand({
            ...this.#at(key),
            ...described(write),
            ...conditionOf(write),
            ContentLength: size,
            Body,
          }),
          options,
        ),
      key,
      signal,
    );
    return { etag: unquoted(answer.ETag), size };
  }

  async open(key: string, { range, ifMatch }: Read, signal?: AbortSignal): Promise<OpenObject> {
    const command = new GetObjectCommand({
      ...this.#at(key),
      Range: range && rangeHeader(range),
      IfMatch: quoted(ifMatch),
    });
    const { answer, body } = await this.#sender.open(
      (options) => this.#client.send(command, options),
      key,
      signal,
    );
    return { ...metadataOf(key, answer), body };
  }

  async head(key: string, signal?: AbortSignal): Promise<ObjectMetadata> {
    return await this.headSource({ bucket: this.bucket, key }, signal);
  }

  async headSource(
    { bucket, key, ifMatch }: CopySource,
    signal?: AbortSignal,
  ): Promise<ObjectMetadata> {
    const command = new HeadObjectCommand({
      Bucket: bucket,
      Key: key,
      IfMatch: quoted(ifMatch),
    });
    return metadataOf(
      key,
      await this.#sender.send((options) => this.#client.send(command, options), key, signal),
    );
  }

  async delete(key: string, signal?: AbortSignal): Promise<void> {
    await this.#sender.send(
      (options) => this.#client.send(new DeleteObjectCommand(this.#at(key)), options),
      key,
      signal,
    );
  }

  async deleteMany(keys: readonly string[], signal?: AbortSignal): Promise<readonly KeyFault[]> {
    const named = keys.filter((key) => !BEYOND_XML.test(key));
    const others = keys.filter((key) => BEYOND_XML.test(key));
    if (named.length === 0) return await this.#deleteEach(others, signal);
    const command = new DeleteObjectsCommand({
      Bucket: this.bucket,
      Delete: { Quiet: true, Objects: named.map((Key) => ({ Key })) },
    });
    const { Errors = [] } = await this.#sender.send(
      (options) => this.#client.send(command, options),
      "",
      signal,
    );
    const faults = Errors.map(({ Key = "", Code = "InternalError", Message = Code }) => {
      const error = new ObjectStoreError(kindOf(Code, undefined), Message, { code: Code });
      return { key: Key, error };
    });
    return [...faults, ...await this.#deleteEach(others, signal)];
  }

  async list(list: List, after?: string, signal?: AbortSignal): Promise<Page<ListedEntry>> {
    const command = new ListObjectsV2Command({
      Bucket: this.bucket,
      Prefix: list.prefix || undefined,
      Delimiter: list.delimiter || undefined,
      StartAfter: list.startAfter || undefined,
      MaxKeys: list.limit,
      ContinuationToken: after,
      EncodingType: "url",
    });
    const page = await this.#sender.send(
      (options) => this.#client.send(command, options),
      list.prefix,
      signal,
    );
    const nameOf = nameReader(page);
    const objects = (page.Contents ?? []).map((object): ListedEntry => ({
      kind: "object",
      key: nameOf(object.Key ?? ""),
      size: object.Size ?? 0,
      etag: unquoted(object.ETag),
      lastModified: object.LastModified ?? new Date(0),
    }));
    const prefixes = (page.CommonPrefixes ?? []).map(({ Prefix = "" }): ListedEntry => ({
      kind: "prefix",
      prefix: nameOf(Prefix),
    }));
    const items = prefixes.length === 0 ? objects : [...objects, ...prefixes].sort(byName);
    return { items, next: nextPage(page, page.NextContinuationToken) };
  }

  async copy(
    source: CopySource,
    key: string,
    description: ObjectDescription | undefined,
    signal?: AbortSignal,
  ): Promise<{ readonly etag: string }> {
    const command = new CopyObjectCommand({
      ...this.#at(key),
      ...sourceOf(source),
      ...description === undefined
        ? {}
        : { ...described(description), MetadataDirective: "REPLACE" as const },
    });
    const { CopyObjectResult } = await this.#sender.sendWork(
      (options) => this.#client.send(command, options),
      key,
      signal,
    );
    return { etag: unquoted(CopyObjectResult?.ETag) };
  }

  async signing(endpoint?: string): Promise<Signing> {
    const found = await sdkBucketUrl(this.#client, this.bucket);
    if (found === undefined) {
      throw new ObjectStoreError("Refused", "URLs of this bucket cannot be signed", {
        code: "NotImplemented",
      });
    }
    const credentials = await this.#sender.credentials();
    const bucketUrl = endpoint === undefined ? found.url.href : bucketUrlAt(endpoint, this.bucket);
    return { credentials, region: found.region, bucketUrl };
  }

  close(): void {
    this.#client.destroy();
  }

  async #deleteEach(keys: readonly string[], signal?: AbortSignal): Promise<KeyFault[]> {
    const faults: KeyFault[] = [];
    for (const key of keys) {
      try {
        await this.delete(key, signal);
      } catch (error) {
        if (!(error instanceof ObjectStoreError)) throw error;
        faults.push({ key, error });
      }
    }
    return faults;
  }

  #at(key: string) {
    return { Bucket: this.bucket, Key: key };
  }
}

function byName(a: ListedEntry, b: ListedEntry): number {
  return comparedByBytes(entryName(a), entryName(b));
}

function entryName(entry: ListedEntry): string {
  return entry.kind === "object" ? entry.key : entry.prefix;
}
