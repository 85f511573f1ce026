import { BackendError } from "../backends/backend.ts";

/** How long a backend may take to store bytes that nobody waits for any more, in milliseconds. */
const LATE_BYTES = 60_000;

/**
 * When to delete the bytes of a failed write once more, in milliseconds from now. `undefined` where
 * its backend has said that it failed; one that did not answer, or was not waited for, may yet
 * store them.
 */
export function deletedAgainAfter(error: unknown, signal?: AbortSignal): number | undefined {
  const unanswered = error instanceof BackendError && error.kind === "unavailable" &&
    error.detail.status === undefined;
  return unanswered || signal?.aborted ? LATE_BYTES : undefined;
}
