/**
 * What an S3 store's refusals and silences mean for a log.
 * Source: "Error responses", Amazon S3 API reference.
 *
 * @module
 */
import { S3ServiceException } from "@aws-sdk/client-s3";
import type { LogStoreErrorType } from "../log_objects.ts";
import { AttemptFault } from "./conditional_write.ts";

/** Names of the SDK's errors for credentials that it did not find, or could not get. */
const NO_CREDENTIALS = new Set(["CredentialsProviderError", "TokenProviderError"]);

/** What an answer is called that does not come in time, or not to its end. */
const TIMEOUTS: ReadonlySet<string> = new Set(["AbortError", "ETIMEDOUT", "TimeoutError"]);

const TYPE_OF_CODE: Readonly<Record<string, LogStoreErrorType>> = {
  NoSuchBucket: "NoSuchBucket",
  PreconditionFailed: "PreconditionFailed",
};

const TYPE_OF_STATUS: Readonly<Record<number, LogStoreErrorType>> = {
  401: "AccessDenied",
  403: "AccessDenied",
  412: "PreconditionFailed",
};

/** Somebody else writes the same key right now; also a lock on it. */
const CONFLICT = 409;
const NOT_IMPLEMENTED = 501;
const PASSING_STATUSES: ReadonlySet<number> = new Set([408, CONFLICT, 425, 429]);

const LONGEST_MESSAGE = 300;

/**
 * The fault that the SDK's error tells of.
 *
 * @param name of the object, for the message
 */
export function s3Fault(name: string, error: unknown): AttemptFault {
  if (error instanceof AttemptFault) return error;
  if (error instanceof S3ServiceException) return refusal(name, error);
  const said = error instanceof Error ? error : new Error(String(error));
  const code = codeOf(said);
  const message = `${name}: ${code}: ${said.message.slice(0, LONGEST_MESSAGE)}`;
  if (NO_CREDENTIALS.has(said.name)) {
    return new AttemptFault("AccessDenied", message, { isPassing: false, mayBeDone: false });
  }
  // Its caller has waited long already.
  const prospect = { isPassing: !TIMEOUTS.has(code), mayBeDone: true };
  return new AttemptFault("NetworkError", message, prospect, { cause: error });
}

/** The status of a refusal; `undefined` for other errors. */
export function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

/** The code of a refusal; an answer to HEAD has none. */
export function refusalCode(error: unknown): string | undefined {
  return error instanceof S3ServiceException ? error.name : undefined;
}

function refusal(name: string, error: S3ServiceException): AttemptFault {
  const { httpStatusCode: status = 0 } = error.$metadata;
  const type = TYPE_OF_CODE[error.name] ?? TYPE_OF_STATUS[status] ?? "Other";
  const message = `${name}: ${status} ${error.name}: ${error.message.slice(0, LONGEST_MESSAGE)}`;
  const isServers = status >= 500 || status < 300;
  const isPassing = isServers
    ? status !== NOT_IMPLEMENTED
    : PASSING_STATUSES.has(status) || isClockSet(error);
  const prospect = { isPassing, mayBeDone: isServers };
  return new AttemptFault(type, message, prospect, { cause: error });
}

/** Whether the SDK has learnt from the refusal what time it is at the store, and goes by that now. */
function isClockSet({ $metadata }: S3ServiceException): boolean {
  return "clockSkewCorrected" in $metadata && $metadata.clockSkewCorrected === true;
}

/** `ECONNREFUSED`, or what kind of error it is. */
function codeOf(error: Error): string {
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}
