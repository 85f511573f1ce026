/**
 * The few things that a store has to do by itself. Everything else of an `ObjectStore` is made of
 * these, in the same way for every store.
 *
 * @module
 */
import type {
  ByteRange,
  ListedEntry,
  ObjectDescription,
  ObjectMetadata,
  OpenObject,
  WriteCondition,
  Written,
} from "./object_store.ts";
import type { ObjectStoreError } from "./object_store_error.ts";
import type { UploadCalls } from "./upload_calls.ts";

/** What of an object is read. */
export interface Read {
  readonly range?: ByteRange;
  readonly ifMatch?: string;
}

/** A body as one attempt sends it. */
export type AttemptBody =
  | Uint8Array<ArrayBuffer>
  /** Throws where it has another length than its size. */
  | { readonly stream: AsyncIterable<Uint8Array>; readonly size: number };

/** A page of something that is listed. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** For the next page; `undefined` after the last one. */
  readonly next: string | undefined;
}

/** What is listed of a bucket. */
export interface List {
  readonly prefix: string;
  readonly delimiter: string;
  readonly startAfter: string;
  /** 1 to 1,000. */
  readonly limit: number;
}

/** Where a copy comes from. */
export interface CopySource {
  readonly bucket: string;
  readonly key: string;
  /** An entity tag, unquoted. */
  readonly ifMatch?: string;
}

/** A key that one of many deletions did not delete. */
export interface KeyFault {
  readonly key: string;
  readonly error: ObjectStoreError;
}

/** Most keys of {@link BucketCalls.deleteMany}. Source: "DeleteObjects" in the API reference. */
export const MOST_DELETED = 1_000;

/**
 * The calls of one bucket. Each sends once and throws `ObjectStoreError`; the reason of its signal;
 * and what a streamed body throws.
 */
export interface BucketCalls {
  /** `s3` or `local`. */
  readonly backend: string;
  readonly bucket: string;
  readonly region: string;

  /** Throws `NotFound`. */
  headBucket(signal?: AbortSignal): Promise<{ readonly region: string }>;
  /** `undefined` where the store does not say. */
  bucketCreatedAt(signal?: AbortSignal): Promise<Date | undefined>;
  createBucket(signal?: AbortSignal): Promise<void>;
  deleteBucket(signal?: AbortSignal): Promise<void>;

  put(
    key: string,
    body: AttemptBody,
    write: ObjectDescription & WriteCondition,
    signal?: AbortSignal,
  ): Promise<Written>;
  open(key: string, read: Read, signal?: AbortSignal): Promise<OpenObject>;
  head(key: string, signal?: AbortSignal): Promise<ObjectMetadata>;
  delete(key: string, signal?: AbortSignal): Promise<void>;
  /** @returns those that remain */
  deleteMany(keys: readonly string[], signal?: AbortSignal): Promise<readonly KeyFault[]>;
  list(list: List, after?: string, signal?: AbortSignal): Promise<Page<ListedEntry>>;
  /** At most 5 GiB, with what is kept with the source unless `description` is given. */
  copy(
    source: CopySource,
    key: string,
    description: ObjectDescription | undefined,
    signal?: AbortSignal,
  ): Promise<{ readonly etag: string }>;
  /** What is said of an object in any bucket of the store. */
  headSource(source: CopySource, signal?: AbortSignal): Promise<ObjectMetadata>;

  /** Uploads in parts. */
  readonly uploads: UploadCalls;

  /**
   * What URLs and forms are signed with, and where they lead.
   *
   * @param endpoint URL of the store, where it is not reached as this process does
   */
  signing(endpoint?: string): Promise<Signing>;
  /** Gives up connections. May be called twice. */
  close(): void;
}

/** What URLs and forms are signed with, and where they lead. */
export interface Signing {
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly region: string;
  /** URL of the bucket, with a slash at its end. */
  readonly bucketUrl: string;
}
