/**
 * The one contract a store of bytes fulfils. `storage/` owns keys, quotas and metadata; a backend
 * only keeps bytes under the key it is given. Every key is written at most once, except a part of a
 * multipart upload that is sent again.
 *
 * @module
 */

/** The key under which bytes lie on a backend; never the same thing as a client's object key. */
export type BackendKey = string & { readonly __brand: "BackendKey" };

/** The bytes of an upload: whole in memory (replayable), or a stream that can be read once. */
export type Content = Uint8Array | AsyncIterable<Uint8Array>;

/** An inclusive range of bytes, both ends counted from 0. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface CallOptions {
  /** Cancels the call, which then throws the signal's reason; the backend closes what it had open. */
  readonly signal?: AbortSignal;
}

/** What a backend says of bytes it has just taken. */
export interface Stored {
  /** Bytes stored. */
  readonly size: number;
  /**
   * MD5 of the bytes in lower-case hex. Always there after `put`, `putPart` and `copyPart`: taken
   * from the backend's own answer where that carries it, computed on the way otherwise.
   */
  readonly md5?: string;
  /** The backend's entity tag, unquoted, as it must be repeated to it. */
  readonly etag: string;
}

/** What a backend holds under a key. */
export interface Held {
  readonly key: BackendKey;
  readonly size: number;
  readonly lastModified: Date;
  readonly etag: string;
  /** Only {@link Backend.head} fills this in. */
  readonly contentType?: string;
  /** User metadata without the `x-amz-meta-` prefix; only {@link Backend.head} fills this in. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** One key that a batch deletion could not delete. */
export interface DeletionFailure {
  readonly key: BackendKey;
  readonly error: BackendError;
}

export interface UploadedPart {
  readonly partNumber: number;
  /** As {@link Stored.etag} of that part. */
  readonly etag: string;
}

/**
 * A store of bytes: any S3 service, or a directory.
 *
 * All methods throw {@link BackendError}, and an error that the content's iterator throws passes
 * through unchanged (the backend then holds nothing under that key). All are safe to call
 * concurrently.
 */
export interface Backend {
  /** The name from the configuration; the label of its metrics. */
  readonly name: string;

  /**
   * Stores `content` under `key`, durably, or nothing.
   *
   * @param size the content's length in bytes; `undefined` when it is not known before its end
   */
  put(
    key: BackendKey,
    content: Content,
    size: number | undefined,
    options?: CallOptions,
  ): Promise<Stored>;

  /** Opens the bytes of `key`, or a range of them. Throws `not-found`. */
  get(
    key: BackendKey,
    range?: ByteRange,
    options?: CallOptions,
  ): Promise<ReadableStream<Uint8Array>>;

  /** What is held under `key`, or `undefined`. */
  head(key: BackendKey, options?: CallOptions): Promise<Held | undefined>;

  /** Copies bytes inside the backend, without moving them through this process. At most 5 GiB. */
  copy(from: BackendKey, to: BackendKey, size: number, options?: CallOptions): Promise<Stored>;

  /** Deletes keys; one that is not there counts as deleted. Resolves with the ones that remain. */
  delete(keys: readonly BackendKey[], options?: CallOptions): Promise<readonly DeletionFailure[]>;

  /** Pages through what is held under a prefix, in the order of bytes, at most 1,000 a page. */
  list(prefix: string, startAfter?: string, options?: CallOptions): AsyncIterable<readonly Held[]>;

  /** Begins a multipart upload and returns the backend's id for it. */
  createUpload(key: BackendKey, options?: CallOptions): Promise<string>;

  /**
   * Stores one part (1 to 10,000). A part may be sent again; the entity tag given on completion
   * names the attempt that counts. Throws `not-found`.
   */
  putPart(
    key: BackendKey,
    uploadId: string,
    partNumber: number,
    content: Content,
    size: number,
    options?: CallOptions,
  ): Promise<Stored>;

  /** Copies a range of `from` into a part, inside the backend where it can. Throws `not-found`. */
  copyPart(
    from: BackendKey,
    range: ByteRange,
    key: BackendKey,
    uploadId: string,
    partNumber: number,
    options?: CallOptions,
  ): Promise<Stored>;

  /**
   * Frees an attempt at a part that another one has replaced for good. A store that keeps one
   * attempt only has nothing to do.
   *
   * @param etag as {@link Stored.etag} of that attempt
   */
  forgetPart(
    key: BackendKey,
    uploadId: string,
    partNumber: number,
    etag: string,
    options?: CallOptions,
  ): Promise<void>;

  /**
   * Makes the object out of its parts, without moving bytes through this process.
   * Throws `not-found` when the upload is gone, `rejected` when a part is.
   */
  completeUpload(
    key: BackendKey,
    uploadId: string,
    parts: readonly UploadedPart[],
    options?: CallOptions,
  ): Promise<Stored>;

  /** Forgets an upload and its parts; one that is not there counts as forgotten. */
  abortUpload(key: BackendKey, uploadId: string, options?: CallOptions): Promise<void>;

  /**
   * Forgets every upload of exactly this key, and its parts: for one whose id was lost with the
   * process that began it. A store that cannot list uploads keeps them.
   */
  abortUploads(key: BackendKey, options?: CallOptions): Promise<void>;

  /** Throws when the backend cannot be used at all. Cheap: one small request. */
  check(options?: CallOptions): Promise<void>;

  /** Releases connections and files. */
  close(): Promise<void>;
}

/**
 * Why a backend did not do what it was asked.
 *
 * - `not-found`: there is nothing under that key or upload id
 * - `rejected`: the backend understood and refused (credentials, bucket, part, range)
 * - `unavailable`: it did not answer, or asked to slow down; the same call may succeed later
 */
export type BackendErrorKind = "not-found" | "rejected" | "unavailable";

/** The only error that a backend throws of its own. */
export class BackendError extends Error {
  override readonly name = "BackendError";

  constructor(
    readonly kind: BackendErrorKind,
    readonly backend: string,
    message: string,
    /** `status` and `code` are what the backend answered, where it answered. */
    readonly detail: { readonly status?: number; readonly code?: string } = {},
    options?: ErrorOptions,
  ) {
    super(`backend ${backend}: ${message}`, options);
  }
}
