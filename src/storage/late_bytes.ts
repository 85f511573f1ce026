import { BackendError } from "../backends/backend.ts";

/** How long after a call that nobody waits for any more a backend may still store its bytes, in milliseconds. */
export const LATE_BYTES = 60_000;

/** Whether a write failed without its backend having said so: it may yet succeed there. */
export function mayArriveLate(error: unknown): boolean {
  return error instanceof BackendError && error.kind === "unavailable" &&
    error.detail.status === undefined;
}
