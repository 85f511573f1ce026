import { LogContendedError } from "../../eventlog/append_with_retry.ts";
import { JsonError } from "../../eventlog/json.ts";
import { LogStoreError } from "../../eventlog/log_objects.ts";
import { EventTooLargeError } from "../../eventlog/record.ts";
import { PublishContendedError } from "../../eventlog/tlog/publisher.ts";
import { TlogFault } from "../../eventlog/tlog/tlog_fault.ts";
import { LogFault } from "../../eventlog/verifier.ts";
import { log } from "../../telemetry/logs.ts";
import { ProblemError } from "../problem.ts";
import { IndexUnavailableError } from "./event_index.ts";

/** Seconds after which a client may try again what the store did not do. */
const RETRY_AFTER = { "retry-after": "1" };

/** A fault of a log as clients are told of it; what is none as it is. */
export function problemOfLog(error: unknown): unknown {
  if (error instanceof EventTooLargeError) {
    return new ProblemError("contentTooLarge", sentence(error.message));
  }
  if (error instanceof JsonError) {
    return new ProblemError("invalidRequest", `The event cannot be kept: ${error.message}.`);
  }
  if (error instanceof LogFault) {
    log.error("the log of events does not verify", { error });
    const { seq, kind } = error;
    const detail = `The log is wrong at event ${seq} (${kind}). Nothing is appended to it.`;
    return new ProblemError("brokenLog", detail, { seq, cause: kind });
  }
  if (error instanceof TlogFault) {
    log.error("what is published of the log of events does not verify", { error });
    const detail = "No proof is given that would not hold.";
    return new ProblemError("brokenPublication", detail, { cause: error.kind });
  }
  if (error instanceof LogStoreError) {
    log.warning("the log of events cannot be reached", { error });
    const detail =
      "The store of the log failed. Of an append it is not known whether it happened: " +
      "look before you send it again.";
    return new ProblemError("unavailableLog", detail, { error_type: error.type }, RETRY_AFTER);
  }
  if (error instanceof PublishContendedError) {
    const detail = "Others publish the log at the same time. Try again.";
    return new ProblemError("contendedLog", detail, {}, RETRY_AFTER);
  }
  if (error instanceof LogContendedError) {
    const detail = "Nothing was appended. Try again.";
    return new ProblemError("contendedLog", detail, {}, RETRY_AFTER);
  }
  if (error instanceof IndexUnavailableError) {
    log.warning("the index of the log of events cannot be reached", { error });
    const detail = "Events cannot be found by what they say. All of them can still be read.";
    return new ProblemError("unavailableIndex", detail, {}, RETRY_AFTER);
  }
  return error;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
