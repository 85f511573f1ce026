/**
 * What an S3 store's refusals and silences mean.
 * Source: "Error responses", Amazon S3 API reference.
 *
 * @module
 */
import { BackendError, type BackendErrorKind } from "./backend.ts";
import { TIMEOUT_CODE } from "./retry.ts";
import { parseError } from "./s3_xml.ts";

/** Codes that mean something else than their status says. */
const KIND_OF_CODE: Readonly<Record<string, BackendErrorKind>> = {
  NoSuchKey: "not-found",
  NoSuchUpload: "not-found",
  NoSuchBucket: "rejected",
  BadDigest: "unavailable",
  IncompleteBody: "unavailable",
  InternalError: "unavailable",
  InvalidDigest: "unavailable",
  NotImplemented: "rejected",
  OperationAborted: "unavailable",
  QuotaExceeded: "unavailable",
  RequestTimeout: "unavailable",
  ServiceUnavailable: "unavailable",
  SlowDown: "unavailable",
  Throttling: "unavailable",
  TooManyRequests: "unavailable",
  XMinioAdminBucketQuotaExceeded: "unavailable",
  XAmzContentChecksumMismatch: "unavailable",
};

const NOT_IMPLEMENTED = 501;
const PASSING_STATUSES = new Set([408, 425, 429]);
const MAX_MESSAGE = 300;

/** An answer that is not a success. */
export interface Refusal {
  readonly status: number;
  /** The error document; empty for HEAD. */
  readonly body: string;
  /** `x-amz-bucket-region`: where a bucket is that was asked for elsewhere. */
  readonly bucketRegion?: string;
}

/** The error for an answer that is not a success. */
export function refusalError(backend: string, refusal: Refusal): BackendError {
  const { status } = refusal;
  const document = parseError(refusal.body);
  const code = document?.Code;
  const said = document?.Message ?? "no reason given";
  const hint = status >= 300 && status < 400 && refusal.bucketRegion !== undefined
    ? `; the bucket is in ${refusal.bucketRegion}`
    : "";
  return new BackendError(
    KIND_OF_CODE[code ?? ""] ?? kindOfStatus(status),
    backend,
    `${status} ${code ?? "without a code"}: ${said.slice(0, MAX_MESSAGE)}${hint}`,
    { status, code },
  );
}

/** The error for a request that was not answered. */
export function networkError(backend: string, cause: unknown): BackendError {
  const code = systemCode(cause);
  const message = cause instanceof Error ? cause.message : String(cause);
  return new BackendError("unavailable", backend, `no answer: ${message}`, { code }, { cause });
}

/** The error for an answer that does not come. */
export function timeoutError(backend: string, milliseconds: number): BackendError {
  return new BackendError("unavailable", backend, `no answer within ${milliseconds} ms`, {
    code: TIMEOUT_CODE,
  });
}

/** The error for a success that is none. */
export function malformedAnswer(backend: string, what: string, cause?: unknown): BackendError {
  return new BackendError("unavailable", backend, `malformed answer: ${what}`, {}, { cause });
}

/** Whether a store says that it does not have an operation. */
export function isUnsupported(error: unknown): boolean {
  if (!(error instanceof BackendError)) return false;
  const { status, code } = error.detail;
  return status === NOT_IMPLEMENTED || status === 405 || code === "NotImplemented" ||
    code === "MethodNotAllowed";
}

function kindOfStatus(status: number): BackendErrorKind {
  if (status === 404) return "not-found";
  const passing = status >= 500 ? status !== NOT_IMPLEMENTED : PASSING_STATUSES.has(status);
  return passing ? "unavailable" : "rejected";
}

/** `ECONNREFUSED`, `UND_ERR_SOCKET` and the like; {@link TIMEOUT_CODE} for those that took too long. */
function systemCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !("code" in error)) return undefined;
  const { code } = error;
  if (code === "UND_ERR_HEADERS_TIMEOUT" || code === "UND_ERR_BODY_TIMEOUT") return TIMEOUT_CODE;
  return typeof code === "string" ? code : undefined;
}
