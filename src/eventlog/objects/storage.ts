/**
 * Objects in a bucket of the process itself: a log in Holdfast's own storage, without a detour over
 * the network.
 *
 * @module
 */
import { WRITE_MARK } from "../../objectstore/write_mark.ts";
import type { PutObject, Storage } from "../../storage/storage.ts";
import { StorageError, type StorageErrorCode } from "../../storage/storage_error.ts";
import {
  type ContentType,
  type KeptObject,
  type LogObjects,
  LogStoreError,
  type LogStoreErrorType,
} from "../log_objects.ts";
import {
  AttemptFault,
  attempting,
  type ConditionalWrite,
  writeConditionally,
} from "./conditional_write.ts";
import { LARGEST_OBJECT, ObjectTooLargeError } from "./object_size.ts";

/** Whose objects a log's are: the process's own. */
const NOBODY = "";

/** Entries of a listing that are asked for at once. */
const PAGE = 1_000;

const TYPE_OF_CODE: Readonly<Partial<Record<StorageErrorCode, LogStoreErrorType>>> = {
  NoSuchBucket: "NoSuchBucket",
  PreconditionFailed: "PreconditionFailed",
};

/** What may succeed a moment later. */
const PASSING: ReadonlySet<StorageErrorCode> = new Set([
  "ConditionalRequestConflict",
  "OperationAborted",
  "ServiceUnavailable",
  "SlowDown",
]);

/** What a condition that does not hold is told as. */
const UNMET: ReadonlySet<StorageErrorCode> = new Set(["NoSuchKey", "PreconditionFailed"]);

/** The objects of a bucket of this process. Disposing of it does nothing. */
export class StorageObjects implements LogObjects {
  readonly location: string;
  readonly #storage: Storage;
  readonly #bucket: string;

  constructor(storage: Storage, bucket: string) {
    this.location = `s3://${bucket}`;
    this.#storage = storage;
    this.#bucket = bucket;
  }

  async get(key: string): Promise<KeptObject | undefined> {
    return await this.#unlessAbsent(key, async () => {
      const { object, body } = await this.#storage.getObject(this.#bucket, key, () => ({}));
      if (object.size <= LARGEST_OBJECT) {
        return { bytes: await new Response(body).bytes(), etag: object.etag };
      }
      await body.cancel();
      throw new ObjectTooLargeError(this.#nameOf(key), object.size);
    });
  }

  async has(key: string): Promise<boolean> {
    return await this.#head(key) !== undefined;
  }

  create(key: string, bytes: Uint8Array, type: ContentType): Promise<boolean> {
    return writeConditionally(this.#writing(key, bytes, type, { kind: "absent" }));
  }

  replace(key: string, bytes: Uint8Array, type: ContentType, etag: string): Promise<boolean> {
    return writeConditionally(this.#writing(key, bytes, type, { kind: "match", etag }));
  }

  async *list(prefix: string, startAfter = ""): AsyncGenerator<string> {
    for (let after = startAfter, isMore = true; isMore;) {
      const { entries, truncated } = await attempting(() => this.#page(prefix, after));
      const keys = entries.flatMap((entry) => entry.kind === "object" ? entry.object.key : []);
      yield* keys;
      after = keys.at(-1) ?? after;
      isMore = truncated;
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #writing(
    key: string,
    bytes: Uint8Array,
    contentType: ContentType,
    condition: PutObject["condition"],
  ): ConditionalWrite {
    const id = crypto.randomUUID();
    return {
      send: async () => {
        try {
          await this.#storage.putObject({
            bucket: this.#bucket,
            key,
            owner: NOBODY,
            headers: { contentType, metadata: { [WRITE_MARK]: id } },
            condition,
            upload: { size: bytes.length, content: bytes, digests: () => ({}) },
          });
          return true;
        } catch (error) {
          if (error instanceof StorageError && UNMET.has(error.code)) return false;
          throw this.#faultOf(key, error);
        }
      },
      isOurs: async () => (await this.#head(key))?.headers.metadata[WRITE_MARK] === id,
    };
  }

  #head(key: string) {
    return this.#unlessAbsent(key, () => this.#storage.headObject(this.#bucket, key));
  }

  async #page(prefix: string, after: string) {
    try {
      return await this.#storage.listObjects({
        bucket: this.#bucket,
        prefix,
        delimiter: "",
        after,
        limit: PAGE,
      });
    } catch (error) {
      throw this.#faultOf(prefix, error);
    }
  }

  async #unlessAbsent<T>(key: string, read: () => Promise<T>): Promise<T | undefined> {
    return await attempting(async () => {
      try {
        return await read();
      } catch (error) {
        if (error instanceof StorageError && error.code === "NoSuchKey") return undefined;
        throw error instanceof LogStoreError ? error : this.#faultOf(key, error);
      }
    });
  }

  #faultOf(key: string, error: unknown): LogStoreError {
    if (error instanceof StorageError) {
      const message = `${this.#nameOf(key)}: ${error.code}: ${error.message}`;
      const prospect = { isPassing: PASSING.has(error.code), mayBeDone: false };
      return new AttemptFault(TYPE_OF_CODE[error.code] ?? "Other", message, prospect, {
        cause: error,
      });
    }
    // The database or a backend: whether it was committed is not known.
    const said = error instanceof Error ? error.message : String(error);
    const prospect = { isPassing: true, mayBeDone: true };
    return new AttemptFault("Other", `${this.#nameOf(key)}: ${said}`, prospect, { cause: error });
  }

  #nameOf(key: string): string {
    return `${this.location}/${key}`;
  }
}
