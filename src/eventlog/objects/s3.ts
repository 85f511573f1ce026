/**
 * Objects in a bucket of any S3 store.
 *
 * @module
 */
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { ANSWER_LIMIT, openS3Client, type S3ClientOptions } from "../../objectstore/s3_client.ts";
import { WRITE_MARK } from "../../objectstore/write_mark.ts";
import {
  type ContentType,
  type KeptObject,
  type LogObjects,
  LogStoreError,
} from "../log_objects.ts";
import { attempting, type ConditionalWrite, writeConditionally } from "./conditional_write.ts";
import { LARGEST_OBJECT, ObjectTooLargeError } from "./object_size.ts";
import { refusalCode, s3Fault, statusOf } from "./s3_fault.ts";
import { SignedGets } from "./signed_get.ts";

/** A bucket, and where it is. */
export interface S3ObjectsOptions extends S3ClientOptions {
  readonly bucket: string;
}

/** Keys on the first page of a listing, which is often all that is looked at, and on the others. */
const [FIRST_PAGE, PAGE] = [16, 1_000];

/** The objects of a bucket. Disposing of it closes its connections. */
export class S3Objects implements LogObjects {
  readonly location: string;
  readonly #bucket: string;
  readonly #client: S3Client;
  readonly #answerLimit: number;
  readonly #gets: SignedGets;

  constructor({ bucket, ...store }: S3ObjectsOptions) {
    this.location = `s3://${bucket}`;
    this.#bucket = bucket;
    this.#client = openS3Client(store);
    this.#answerLimit = store.answerLimit ?? ANSWER_LIMIT;
    this.#gets = new SignedGets(this.#client, bucket, store.answerLimit);
  }

  async get(key: string): Promise<KeptObject | undefined> {
    const answer = await this.#gets.get(key);
    if (answer.kind === "object") return answer.object;
    if (answer.kind === "absent") return undefined;
    return await this.#unlessAbsent(key, "NoSuchKey", async () => {
      const command = new GetObjectCommand({ Bucket: this.#bucket, Key: key });
      return await this.#inTime(async (options) => {
        const object = await this.#client.send(command, options);
        return { bytes: await this.#bytesOf(key, object), etag: object.ETag ?? "" };
      });
    });
  }

  async has(key: string): Promise<boolean> {
    return await this.#unlessAbsent(key, "NotFound", () => this.#head(key)) !== undefined;
  }

  create(key: string, bytes: Uint8Array, type: ContentType): Promise<boolean> {
    return writeConditionally(this.#writing(key, bytes, type, { IfNoneMatch: "*" }));
  }

  replace(key: string, bytes: Uint8Array, type: ContentType, etag: string): Promise<boolean> {
    return writeConditionally(this.#writing(key, bytes, type, { IfMatch: etag }));
  }

  async *list(prefix: string, startAfter?: string): AsyncGenerator<string> {
    let after = startAfter;
    for (let size = FIRST_PAGE, isMore = true; isMore; size = PAGE) {
      const page = await attempting(() => this.#page(prefix, after, size));
      const keys = page.Contents?.flatMap(({ Key }) => Key ?? []) ?? [];
      yield* keys;
      after = keys.at(-1);
      isMore = page.IsTruncated === true && after !== undefined;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.#gets[Symbol.dispose]();
    this.#client.destroy();
    return Promise.resolve();
  }

  #writing(
    key: string,
    bytes: Uint8Array,
    type: ContentType,
    condition: Pick<PutObjectCommandInput, "IfMatch" | "IfNoneMatch">,
  ): ConditionalWrite {
    const id = crypto.randomUUID();
    return {
      send: async () => {
        try {
          const command = new PutObjectCommand({
            Bucket: this.#bucket,
            Key: key,
            Body: bytes,
            ContentType: type,
            Metadata: { [WRITE_MARK]: id },
            ...condition,
          });
          await this.#inTime((options) => this.#client.send(command, options));
          return true;
        } catch (error) {
          if (isUnmet(error)) return false;
          throw s3Fault(this.#nameOf(key), error);
        }
      },
      isOurs: async () => {
        const there = await this.#unlessAbsent(key, "NotFound", () => this.#head(key));
        return there?.Metadata?.[WRITE_MARK] === id;
      },
    };
  }

  #head(key: string) {
    const command = new HeadObjectCommand({ Bucket: this.#bucket, Key: key });
    return this.#inTime((options) => this.#client.send(command, options));
  }

  async #page(Prefix: string, StartAfter: string | undefined, MaxKeys: number) {
    try {
      const command = new ListObjectsV2Command({
        Bucket: this.#bucket,
        Prefix,
        StartAfter,
        MaxKeys,
      });
      return await this.#inTime((options) => this.#client.send(command, options));
    } catch (error) {
      throw s3Fault(this.#nameOf(Prefix), error);
    }
  }

  /** Tries again what may pass. `undefined` for the refusal with that code. */
  async #unlessAbsent<T>(
    key: string,
    absent: string,
    send: () => Promise<T>,
  ): Promise<T | undefined> {
    return await attempting(async () => {
      try {
        return await send();
      } catch (error) {
        if (refusalCode(error) === absent) return undefined;
        throw error instanceof LogStoreError ? error : s3Fault(this.#nameOf(key), error);
      }
    });
  }

  async #bytesOf(key: string, { Body, ContentLength }: GetObjectCommandOutput) {
    if (Body === undefined || ContentLength === undefined) {
      throw new LogStoreError("Other", `${this.#nameOf(key)}: it came without its length`);
    }
    if (ContentLength > LARGEST_OBJECT) {
      await Body.transformToWebStream().cancel();
      throw new ObjectTooLargeError(this.#nameOf(key), ContentLength);
    }
    return await Body.transformToByteArray();
  }

  /** The client limits how long it waits for an answer to begin; this, how long for its end as well. */
  async #inTime<T>(
    send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
  ): Promise<T> {
    const abortSignal = AbortSignal.timeout(2 * this.#answerLimit);
    try {
      return await send({ abortSignal });
    } catch (error) {
      throw abortSignal.aborted ? abortSignal.reason : error;
    }
  }

  #nameOf(key: string): string {
    return `${this.location}/${key}`;
  }
}

/** Whether a write was refused for its condition: that an object is gone is told as NoSuchKey. */
function isUnmet(error: unknown): boolean {
  return statusOf(error) === 412 || refusalCode(error) === "NoSuchKey";
}
