/**
 * A bucket as a client sees it, in any S3 store or in this very process.
 *
 * @module
 */

/** Ends waiting, and what is under way, with its reason. */
export interface Cancellable {
  readonly signal?: AbortSignal;
}

/**
 * Bytes to be stored: whole, or a stream of a length that is known. A stream of more than 256 KiB can
 * be sent only once: a fault in the midst of it is not tried again.
 */
export type ObjectBody =
  | Uint8Array<ArrayBuffer>
  | { readonly stream: AsyncIterable<Uint8Array<ArrayBuffer>>; readonly size: number };

/** What is kept with an object. */
export interface ObjectDescription {
  /** `application/octet-stream` without it. */
  readonly contentType?: string;
  readonly contentDisposition?: string;
  readonly cacheControl?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  /** User metadata: names in lower case, without `x-amz-meta-`; ASCII. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** What a write has to find; without a condition it replaces whatever is there. */
export interface WriteCondition {
  /** `If-None-Match: *`: there must be nothing. */
  readonly ifAbsent?: boolean;
  /** `If-Match`: an entity tag, unquoted. */
  readonly ifMatch?: string;
}

/** How something is written. */
export type WriteOptions = ObjectDescription & WriteCondition & Cancellable;

/** What was written. */
export interface Written {
  /** Unquoted. */
  readonly etag: string;
  readonly size: number;
}

/** How far an upload in parts has come. */
export interface UploadProgress {
  /** For {@link MultipartOptions.uploadId}. */
  readonly uploadId: string;
  /** Bytes that the store has. */
  readonly done: number;
  /** Bytes of all; `undefined` while that is not known. */
  readonly total: number | undefined;
}

/** How an upload in parts is done. */
export interface MultipartOptions extends WriteOptions {
  /** Bytes; 8 MiB without it, and more where there would be over 10,000 parts. At least 5 MiB. */
  readonly partSize?: number;
  /** Parts under way at once; 4 without it. */
  readonly concurrency?: number;
  /** Bytes of all, where they are known. */
  readonly size?: number;
  /**
   * An upload to go on with: its parts that are there and equal are not sent again, as long as the
   * size of parts is the same. It is not aborted when this attempt fails, and keeps the description
   * that it began with.
   */
  readonly uploadId?: string;
  readonly onProgress?: (progress: UploadProgress) => void;
}

/** Which bytes: from `start` to `end`, both included and counted from 0, or the last `suffix` ones. */
export type ByteRange =
  | { readonly start: number; readonly end?: number }
  | { readonly suffix: number };

/** How an object is read. */
export interface ReadOptions extends Cancellable {
  readonly range?: ByteRange;
  /** An entity tag, unquoted: it must still be this object. */
  readonly ifMatch?: string;
}

/** What a store says of an object. */
export interface ObjectMetadata {
  readonly key: string;
  /** Bytes of all of it. */
  readonly size: number;
  /** Unquoted. */
  readonly etag: string;
  readonly lastModified: Date;
  readonly contentType: string;
  readonly contentDisposition?: string;
  readonly cacheControl?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  /** Names in lower case, without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** An object, or a range of it, that was read whole. */
export interface ReadObject extends ObjectMetadata {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** An object, or a range of it, that is being read. */
export interface OpenObject extends ObjectMetadata {
  readonly body: ReadableStream<Uint8Array<ArrayBuffer>>;
}

/** What is listed. */
export interface ListOptions extends Cancellable {
  readonly prefix?: string;
  /** What keys are cut at: those with the same beginning become one prefix. */
  readonly delimiter?: string;
  /** Most entries; all without it. */
  readonly maxKeys?: number;
  /** Only keys that come after this one, in the order of their bytes. */
  readonly startAfter?: string;
}

/** One entry of a listing. */
export type ListedEntry =
  | {
    readonly kind: "object";
    readonly key: string;
    readonly size: number;
    readonly etag: string;
    readonly lastModified: Date;
  }
  | { readonly kind: "prefix"; readonly prefix: string };

/** How an object is copied. */
export interface CopyOptions extends WriteOptions {
  /** Of the source; this store's own without it. */
  readonly sourceBucket?: string;
  /** An entity tag, unquoted, that the source must have. */
  readonly sourceIfMatch?: string;
  /** `keep`: what is kept with the source; `replace`: what these options say. `keep` without it. */
  readonly description?: "keep" | "replace";
}

/** What became of a deletion of many. */
export interface Deletion {
  /** How many are gone; one that was not there is gone as well. */
  readonly deleted: number;
  readonly errors: readonly {
    readonly key: string;
    readonly code: string;
    readonly message: string;
  }[];
}

/** What a presigned URL is good for. */
export interface PresignOptions {
  /** Seconds: 1 to 604,800. */
  readonly expiresIn: number;
  /** Who uses the URL has to send these headers, with these values. For PUT. */
  readonly contentType?: string;
  readonly contentLength?: number;
  /** What the answer to a GET says in place of what is kept with the object. */
  readonly responseContentType?: string;
  readonly responseContentDisposition?: string;
  /** URL of the store as those reach it whom the URL is for; as this process does without it. */
  readonly endpoint?: string;
}

/** A condition of a form, as AWS writes it. Source: "POST Policy" in the Amazon S3 API reference. */
export type PostCondition =
  | Readonly<Record<string, string>>
  | readonly ["eq" | "starts-with", string, string]
  | readonly ["content-length-range", number, number];

/** What a presigned form is good for. */
export interface PresignedPostOptions {
  /** Seconds: 1 to 604,800. */
  readonly expiresIn: number;
  /** Fields that the form has, each of which must have this value. */
  readonly fields?: Readonly<Record<string, string>>;
  readonly conditions?: readonly PostCondition[];
  /** Fewest and most bytes of the file. */
  readonly contentLengthRange?: readonly [number, number];
  /** As {@link PresignOptions.endpoint}. */
  readonly endpoint?: string;
}

/** A form for a browser: the file comes last, in the field `file`. */
export interface PresignedPost {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** What is known of a bucket. */
export interface BucketInfo {
  readonly name: string;
  readonly region: string;
  /** `undefined` where the store does not say. */
  readonly createdAt: Date | undefined;
}

/** How much a bucket holds. The names are those that dashboards know. */
export interface StoreStats {
  /** `s3` or `local`. */
  readonly backend: string;
  readonly bucket: string;
  readonly region: string;
  readonly object_count: number;
  /** Bytes. */
  readonly total_size: number;
}

/** Whether a store can be used. */
export type StoreHealth =
  | { readonly healthy: true }
  | { readonly healthy: false; readonly error: string };

/**
 * The objects of one bucket. All methods throw `ObjectStoreError`, the reason of a signal, and
 * unchanged what a body or the file system throws; what may pass is tried again before.
 *
 * A write on a condition, and one in parts, marks its object with metadata that is not shown to those
 * who read through this interface: by it, it knows its own object when an answer was lost.
 */
export interface ObjectStore extends AsyncDisposable {
  readonly bucket: string;

  /** Sees to it that the bucket can be reached. */
  connect(options?: Cancellable): Promise<void>;
  /** Gives up connections. May be called twice. */
  disconnect(): Promise<void>;
  /** Never throws. */
  healthCheck(options?: Cancellable): Promise<StoreHealth>;

  /** @returns whether it was made now */
  createBucketIfNotExists(options?: Cancellable): Promise<boolean>;
  /** @param options `force`: with everything in it, uploads under way as well */
  deleteBucket(options?: Cancellable & { readonly force?: boolean }): Promise<void>;
  bucketExists(options?: Cancellable): Promise<boolean>;
  getBucketInfo(options?: Cancellable): Promise<BucketInfo>;
  /** Counts every object: its cost grows with the bucket. */
  getStats(options?: Cancellable): Promise<StoreStats>;

  putObject(key: string, body: ObjectBody, options?: WriteOptions): Promise<Written>;
  /** The content type is the one that goes with the name, unless it is given. */
  putObjectFromFile(key: string, path: string, options?: WriteOptions): Promise<Written>;
  /** Stores what may be of any length, in parts. What it began is aborted when it fails. */
  multipartUpload(
    key: string,
    body: AsyncIterable<Uint8Array<ArrayBuffer>>,
    options?: MultipartOptions,
  ): Promise<Written>;
  /** Aborts every upload in parts that is under way to a key. Returns how many there were. */
  abortMultipartUploads(key: string, options?: Cancellable): Promise<number>;

  getObject(key: string, options?: ReadOptions): Promise<ReadObject>;
  getObjectStream(key: string, options?: ReadOptions): Promise<OpenObject>;
  /** Writes a temporary file beside `path`, and renames it when all of it is there. */
  getObjectToFile(key: string, path: string, options?: ReadOptions): Promise<ObjectMetadata>;
  getObjectMetadata(key: string, options?: Cancellable): Promise<ObjectMetadata>;
  objectExists(key: string, options?: Cancellable): Promise<boolean>;

  /** One that is not there is no fault. */
  deleteObject(key: string, options?: Cancellable): Promise<void>;
  /** Any number of them. */
  deleteObjects(
    keys: Iterable<string> | AsyncIterable<string>,
    options?: Cancellable,
  ): Promise<Deletion>;

  /** In the order of the bytes of keys and prefixes. */
  listObjects(options?: ListOptions): AsyncIterable<ListedEntry>;
  /** Objects of any size; their bytes do not pass through this process. */
  copyObject(sourceKey: string, key: string, options?: CopyOptions): Promise<Written>;

  generatePresignedUrl(
    method: "GET" | "PUT" | "HEAD" | "DELETE",
    key: string,
    options: PresignOptions,
  ): Promise<string>;
  generatePresignedPost(key: string, options: PresignedPostOptions): Promise<PresignedPost>;
}
