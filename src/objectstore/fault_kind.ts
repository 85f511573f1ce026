import type { ObjectStoreErrorKind } from "./object_store_error.ts";

/** Codes that mean something else than the status of their answer, or that come without one. */
const KIND_OF_CODE: Readonly<Record<string, ObjectStoreErrorKind>> = {
  ConditionalRequestConflict: "PreconditionFailed",
  InsufficientStorage: "Refused",
  InternalError: "Unavailable",
  NoSuchBucket: "NotFound",
  NoSuchKey: "NotFound",
  NoSuchUpload: "NotFound",
  NotImplemented: "Refused",
  PreconditionFailed: "PreconditionFailed",
  QuotaExceeded: "Refused",
  RequestLimitExceeded: "Throttled",
  // The bytes came too slowly, or not at all: a fault of the network with a client's status.
  RequestTimeout: "Unavailable",
  ServiceUnavailable: "Unavailable",
  SlowDown: "Throttled",
  SlowDownRead: "Throttled",
  SlowDownWrite: "Throttled",
  Throttling: "Throttled",
  ThrottlingException: "Throttled",
  TooManyRequests: "Throttled",
  XMinioAdminBucketQuotaExceeded: "Refused",
  XMinioStorageFull: "Refused",
};

const KIND_OF_STATUS: Readonly<Record<number, ObjectStoreErrorKind>> = {
  401: "AccessDenied",
  403: "AccessDenied",
  404: "NotFound",
  408: "Unavailable",
  412: "PreconditionFailed",
  425: "Throttled",
  429: "Throttled",
  501: "Refused",
  507: "Refused",
};

/**
 * What a refusal comes to. One that came with a success has begun as such, and went wrong later.
 * Source: "Error responses", Amazon S3 API reference.
 *
 * @param code S3's
 * @param status of the answer, where there is one
 */
export function kindOf(code: string, status: number | undefined): ObjectStoreErrorKind {
  const known = KIND_OF_CODE[code];
  if (known !== undefined) return known;
  if (status === undefined) return "Refused";
  const isServers = status >= 500 || status < 300;
  return KIND_OF_STATUS[status] ?? (isServers ? "Unavailable" : "Refused");
}
