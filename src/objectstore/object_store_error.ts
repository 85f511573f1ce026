/** Why a store did not do what it was asked. */
export type ObjectStoreErrorKind =
  /** The bucket, the object or the upload is not there. */
  | "NotFound"
  | "AccessDenied"
  /** A condition of the request does not hold: what was to be written, or read, is another object. */
  | "PreconditionFailed"
  /** Too many requests: tried again, and refused every time. */
  | "Throttled"
  /** No answer, or one of the store's own faults: tried again. Whether a write happened is not known. */
  | "Unavailable"
  /** Whatever else the store refuses. Nothing was done, and trying again changes nothing. */
  | "Refused";

/** What is known of a failure besides its kind. */
export interface ObjectStoreErrorOptions extends ErrorOptions {
  /** S3's code, such as `NoSuchKey`; the system's, such as `ECONNREFUSED`, where there was no answer. */
  readonly code: string;
  /** As the store tells it, for whoever runs the store. */
  readonly requestId?: string;
}

/** An operation of an object store that failed. The message names the object, and what was said. */
export class ObjectStoreError extends Error {
  override readonly name = "ObjectStoreError";
  readonly code: string;
  readonly requestId: string | undefined;

  constructor(
    readonly kind: ObjectStoreErrorKind,
    message: string,
    { code, requestId, ...options }: ObjectStoreErrorOptions,
  ) {
    super(message, options);
    this.code = code;
    this.requestId = requestId;
  }
}

/** Whether an error says that something is not there. */
export function isNotFound(error: unknown): error is ObjectStoreError {
  return error instanceof ObjectStoreError && error.kind === "NotFound";
}

/** Whether an error says that a condition of the request does not hold. */
export function isPreconditionFailed(error: unknown): error is ObjectStoreError {
  return error instanceof ObjectStoreError && error.kind === "PreconditionFailed";
}

/** Whether an error says that nothing was done, and that trying again would change nothing. */
export function isRefused(error: unknown): error is ObjectStoreError {
  return error instanceof ObjectStoreError && error.kind !== "Unavailable" &&
    error.kind !== "Throttled";
}
