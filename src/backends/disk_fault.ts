/**
 * What goes wrong in a disk backend, and how its callers are told.
 *
 * @module
 */
import { BackendError, type BackendErrorKind } from "./backend.ts";
import { ContentFailure } from "./content.ts";

/** A fault that a disk backend finds itself. The code is S3's for the same thing. */
export class DiskFault extends Error {
  override readonly name = "DiskFault";

  constructor(
    readonly kind: BackendErrorKind,
    readonly code: "Damaged" | "InvalidPart" | "InvalidRange" | "NoSuchKey" | "NoSuchUpload",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A file whose header or length is not what this backend wrote. */
export function damaged(path: string): DiskFault {
  return new DiskFault("rejected", "Damaged", `${path} is damaged`);
}

/** There is no upload of that id. */
export function noSuchUpload(uploadId: string, cause?: unknown): DiskFault {
  return new DiskFault("not-found", "NoSuchUpload", `there is no upload ${uploadId}`, { cause });
}

/** What a backend throws for `error`: its content's own error, its signal's reason, or a BackendError. */
export function toBackendError(
  error: unknown,
  backend: string,
  signal: AbortSignal | undefined,
): unknown {
  if (signal?.aborted) return signal.reason;
  if (error instanceof ContentFailure) return error.cause;
  if (error instanceof BackendError) return error;
  if (error instanceof DiskFault) {
    const { kind, code, message } = error;
    return new BackendError(kind, backend, message, { code }, { cause: error });
  }
  const refused = error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.NotCapable;
  const message = error instanceof Error ? error.message : String(error);
  return new BackendError(
    refused ? "rejected" : "unavailable",
    backend,
    message,
    { code: systemCode(error) },
    { cause: error },
  );
}

/** `ENOSPC` and the like. */
function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}
