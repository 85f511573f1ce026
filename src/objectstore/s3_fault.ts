/**
 * What an S3 store's refusals and silences mean.
 *
 * @module
 */
import { S3ServiceException } from "@aws-sdk/client-s3";
import { kindOf } from "./fault_kind.ts";
import { ObjectStoreError } from "./object_store_error.ts";

/** Names of the SDK's errors for credentials that it did not find, or could not get. */
const NO_CREDENTIALS = new Set(["CredentialsProviderError", "TokenProviderError"]);

/** What HEAD, whose answers have no document, is told instead of a code. */
const CODE_OF_STATUS: Readonly<Record<number, string>> = {
  403: "AccessDenied",
  404: "NotFound",
  412: "PreconditionFailed",
};

const LONGEST_MESSAGE = 300;

/**
 * The fault that the SDK's error tells of.
 *
 * @param name of the object, for the message
 */
export function s3Fault(name: string, error: unknown): ObjectStoreError {
  if (error instanceof ObjectStoreError) return error;
  if (error instanceof S3ServiceException) return refusal(name, error);
  const said = error instanceof Error ? error : new Error(String(error));
  const code = "code" in said && typeof said.code === "string" ? said.code : said.name;
  const message = `${name}: ${code}: ${said.message.slice(0, LONGEST_MESSAGE)}`;
  const kind = NO_CREDENTIALS.has(said.name) ? "AccessDenied" : "Unavailable";
  return new ObjectStoreError(kind, message, { code, cause: error });
}

/** The fault of an answer that does not come, or does not go on. */
export function stallFault(name: string, limit: number): ObjectStoreError {
  const message = `${name}: no byte was sent or received for ${limit} ms`;
  return new ObjectStoreError("Unavailable", message, { code: "ETIMEDOUT" });
}

function refusal(name: string, error: S3ServiceException): ObjectStoreError {
  const { httpStatusCode: status, requestId } = error.$metadata;
  const code = hasCode(error) ? error.name : CODE_OF_STATUS[status ?? 0] ?? error.name;
  const message = `${name}: ${status} ${code}: ${error.message.slice(0, LONGEST_MESSAGE)}`;
  const kind = isClockSet(error) ? "Unavailable" : kindOf(code, status);
  return new ObjectStoreError(kind, message, { code, requestId, cause: error });
}

function hasCode({ name }: S3ServiceException): boolean {
  return !/^(?:\d+|Unknown.*|S3ServiceException)$/.test(name);
}

/** Whether the SDK has learnt from the refusal what time it is at the store, and goes by that now. */
function isClockSet({ $metadata }: S3ServiceException): boolean {
  return "clockSkewCorrected" in $metadata && $metadata.clockSkewCorrected === true;
}
