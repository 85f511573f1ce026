import type { BackendError } from "../backends/backend.ts";

/** S3's codes for what can go wrong with an object, a bucket or an upload. */
export type StorageErrorCode =
  | "BadDigest"
  | "BucketAlreadyExists"
  | "BucketAlreadyOwnedByYou"
  | "BucketNotEmpty"
  | "ConditionalRequestConflict"
  | "EntityTooLarge"
  | "EntityTooSmall"
  | "IncompleteBody"
  | "InsufficientStorage"
  | "InvalidPart"
  | "InvalidPartOrder"
  | "InvalidRequest"
  | "NoSuchBucket"
  | "NoSuchKey"
  | "NoSuchUpload"
  | "OperationAborted"
  | "PreconditionFailed"
  | "ServiceUnavailable"
  | "SlowDown";

/** A fault of the storage room. The code is the one that S3 answers with. */
export class StorageError extends Error {
  override readonly name = "StorageError";

  constructor(
    readonly code: StorageErrorCode,
    message: string,
    /** Further elements of S3's error document, e.g. `{ Condition: "If-None-Match" }`. */
    readonly detail: Readonly<Record<string, string>> = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A backend's failure as the client is told of it: to be tried again. */
export function slowDown(cause: BackendError): StorageError {
  return new StorageError("SlowDown", "Please reduce your request rate.", {}, { cause });
}
