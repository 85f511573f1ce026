/**
 * The objects that a log is kept in: what S3 can do of which a log has need, and no more. A log of
 * files keeps its checkpoints and tiles in a directory in the same way.
 *
 * @module
 */

/** An object as it was read. */
export interface KeptObject {
  readonly bytes: Uint8Array;
  /** For {@link LogObjects.replace}. */
  readonly etag: string;
}

/** What an object holds. */
export type ContentType =
  | "application/json"
  | "application/octet-stream"
  | "text/plain; charset=utf-8";

/** Why objects could not be read or written: the values of the label `error_type`. */
export type LogStoreErrorType =
  | "AccessDenied"
  | "PreconditionFailed"
  | "NoSuchBucket"
  | "NetworkError"
  | "Other";

/** Objects that could not be read or written. The message names the key, and what the store said. */
export class LogStoreError extends Error {
  override readonly name = "LogStoreError";

  constructor(readonly type: LogStoreErrorType, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/** The objects of one bucket, or of one directory. All methods throw {@link LogStoreError}. */
export interface LogObjects extends AsyncDisposable {
  /** For messages: `s3://bucket`, or a path. */
  readonly location: string;
  /** `undefined` where there is none. */
  get(key: string): Promise<KeptObject | undefined>;
  /** Whether there is one; brings no bytes. */
  has(key: string): Promise<boolean>;
  /**
   * Writes an object under a key that has none.
   *
   * @returns `false` where somebody else's is there: then nothing was written. That an answer was
   * lost on the way is no reason to take one's own object for somebody else's.
   */
  create(key: string, bytes: Uint8Array, type: ContentType): Promise<boolean>;
  /**
   * Replaces the object that was read.
   *
   * @param etag of the object as it was read
   * @returns `false` where it has changed since, or is gone: then nothing was written
   */
  replace(key: string, bytes: Uint8Array, type: ContentType, etag: string): Promise<boolean>;
  /** All keys that begin with `prefix` and come after `startAfter`, in the order of their bytes. */
  list(prefix: string, startAfter?: string): AsyncIterable<string>;
}
