/**
 * Faults as S3 tells them: every error that reaches a client is an {@link S3Error}, and is turned
 * into bytes here and nowhere else.
 *
 * @module
 */
import { BackendError } from "../backends/backend.ts";
import { SignatureError } from "../sigv4/signature_error.ts";
import { StorageError } from "../storage/storage_error.ts";
import { S3_ERRORS, type S3ErrorCode } from "./error_codes.ts";
import { xmlAnswer } from "./xml_answer.ts";
import { writeXml } from "./xml_writer.ts";

export interface S3ErrorOptions extends ErrorOptions {
  /** Further elements of the error document, in their order. Never a secret. */
  readonly detail?: Readonly<Record<string, string>>;
  /** Headers that go with the answer, such as the `ETag` of a 304. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A fault that ends a request. The message defaults to the code's own. */
export class S3Error extends Error {
  override readonly name = "S3Error";
  readonly detail: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: S3ErrorCode,
    message: string = S3_ERRORS[code].message,
    { detail = {}, headers = {}, ...options }: S3ErrorOptions = {},
  ) {
    super(message, options);
    this.detail = detail;
    this.headers = headers;
  }

  /** The HTTP status that goes with the code. */
  get status(): number {
    return S3_ERRORS[this.code].status;
  }
}

/**
 * The error to answer with, whatever was thrown. What is not a client's fault, nor a known state of
 * the service, becomes `InternalError` with the original as its `cause`: to be logged, never sent.
 */
export function toS3Error(thrown: unknown): S3Error {
  if (thrown instanceof S3Error) return thrown;
  if (thrown instanceof SignatureError || thrown instanceof StorageError) {
    return new S3Error(thrown.code, thrown.message || undefined, {
      detail: thrown.detail,
      cause: thrown,
    });
  }
  if (thrown instanceof BackendError && thrown.kind === "unavailable") {
    return new S3Error("SlowDown", undefined, { cause: thrown });
  }
  return new S3Error("InternalError", undefined, { cause: thrown });
}

/** What an error's answer repeats of its request. */
export interface FailedRequest {
  readonly id: string;
  /** Sent as `x-amz-id-2`. */
  readonly hostId: string;
  readonly method: string;
  readonly rawPath: string;
  /** As far as it was recognised; `""` otherwise. */
  readonly bucket: string;
  readonly key: string;
}

/** The answer to a request that failed. HEAD and 304 have no body. */
export function errorResponse(error: S3Error, request: FailedRequest): Response {
  const headers = new Headers(error.headers);
  if (request.method === "HEAD" || error.status === 304) {
    return new Response(null, { status: error.status, headers });
  }
  return xmlAnswer(errorDocument(error, request), error.status, headers);
}

function errorDocument(error: S3Error, request: FailedRequest): string {
  return writeXml("Error", {
    Code: error.code,
    Message: error.message,
    ...subject(error.code, request),
    ...error.detail,
    Resource: request.rawPath,
    RequestId: request.id,
    HostId: request.hostId,
  });
}

function subject(code: S3ErrorCode, request: FailedRequest): Record<string, string> {
  if (code === "NoSuchKey") return { Key: request.key };
  if (code === "NoSuchBucket") return { BucketName: request.bucket };
  return {};
}
