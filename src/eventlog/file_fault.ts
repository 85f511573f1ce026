import { EventTooLargeError } from "./record.ts";
import { JsonError } from "./json.ts";
import { LogStoreError } from "./log_objects.ts";
import { LogFault } from "./verifier.ts";

/** Faults of the log, or of the event: not of the file. */
const OURS = [EventTooLargeError, JsonError, LogFault, LogStoreError];

/** What the file system says, as a fault of the store; every other error as it is. */
export function fileFault(name: string, error: unknown): Error {
  if (!(error instanceof Error)) return new LogStoreError("Other", `${name}: ${String(error)}`);
  if (OURS.some((kind) => error instanceof kind)) return error;
  const isDenied = error instanceof Deno.errors.PermissionDenied ||
    error instanceof Deno.errors.NotCapable;
  return new LogStoreError(isDenied ? "AccessDenied" : "Other", `${name}: ${error.message}`, {
    cause: error,
  });
}
