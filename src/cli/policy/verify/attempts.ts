/**
 * The three writes that show whether a bucket is write-once under a prefix.
 *
 * @module
 */
import { PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type { BucketAddress } from "../bucket_store.ts";
import { storeError, storeFault } from "../store_fault.ts";

/** What was tried, what should have come of it, and what did. */
export interface Attempt {
  readonly what: string;
  /** HTTP status with the code of an error: `412 PreconditionFailed`. */
  readonly expected: string;
  readonly got: string;
  readonly holds: boolean;
}

/** An object that an attempt has made, or may have. */
export interface CreatedObject {
  readonly key: string;
  /** In a bucket with versions. */
  readonly versionId?: string;
}

/** Tells of an object as soon as it may be there, so that it can be removed whatever comes next. */
export type Created = (object: CreatedObject) => void;

/**
 * Writes under a prefix, with keys that nothing else has.
 *
 * @param store must send each call once only: a write that is repeated meets itself
 * @param id tells the keys from those of all other runs
 * @returns three attempts; fewer where one decides those after it
 * @throws {Error} that says why nothing can be tried
 */
export async function tryWrites(
  store: S3Client,
  address: BucketAddress,
  prefix: string,
  id: string,
  created: Created,
): Promise<readonly Attempt[]> {
  const put = (key: string, condition?: "*") => write(store, address, key, condition, created);
  const [free, once] = ["unconditional", "write-once"].map((name) =>
    `${prefix}holdfast-verify-${id}-${name}`
  );
  const attempts = [
    judge("a PUT without a condition is refused", "403 AccessDenied", await put(free)),
    judge("a PUT with If-None-Match: * goes through", "200", await put(once, "*")),
  ];
  if (!attempts[1].holds) return attempts;
  return [
    ...attempts,
    judge("the same PUT again is refused", "412 PreconditionFailed", await put(once, "*")),
  ];
}

const BODY = "Written by `holdfast policy verify` to see whether this bucket is write-once.\n";

/** HTTP status of a write, with the code of an error. */
async function write(
  store: S3Client,
  address: BucketAddress,
  key: string,
  condition: "*" | undefined,
  created: Created,
): Promise<string> {
  const command = new PutObjectCommand({
    Bucket: address.bucket,
    Key: key,
    Body: BODY,
    ContentType: "text/plain",
    IfNoneMatch: condition,
  });
  try {
    const { $metadata, VersionId } = await store.send(command);
    created({ key, versionId: VersionId });
    return String($metadata.httpStatusCode);
  } catch (error) {
    const { status, code } = storeFault(error);
    if (isAnswer(status, code)) return `${status} ${code}`;
    if (mayHaveWritten(status, code)) created({ key });
    throw storeError(error, address, "the policy could not be tried");
  }
}

function judge(what: string, expected: string, got: string): Attempt {
  return { what, expected, got, holds: got === expected };
}

/** Whether an error says how the store deals with such a write, and not that there was none. */
function isAnswer(status: number, code: string): boolean {
  if (status === 403) return code === "AccessDenied";
  return [400, 405, 409, 412, 501].includes(status) && !NO_WRITE.has(code);
}

/** Whether a store that did not say so may have taken the object. */
function mayHaveWritten(status: number, code: string): boolean {
  return status === 0 ? !NEVER_SENT.has(code) : status >= 500;
}

/** Faults that come before anything is sent. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  "CredentialsProviderError",
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ENOTFOUND",
]);

/** Faults of the call itself. */
const NO_WRITE: ReadonlySet<string> = new Set([
  "AuthorizationHeaderMalformed",
  "AuthorizationQueryParametersError",
  "ExpiredToken",
  "IllegalLocationConstraintException",
  "InvalidBucketName",
  "InvalidToken",
]);
