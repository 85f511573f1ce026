/**
 * Signatures in the query string: presigned URLs.
 * Source: "Authenticating Requests: Using Query Parameters (AWS Signature Version 4)".
 *
 * @module
 */
import { ALGORITHM, parseTimestamp, UNSIGNED_PAYLOAD } from "./canonical_request.ts";
import { parseCredential } from "./credential.ts";
import { MAX_PRESIGN_SECONDS } from "./sign.ts";
import { SignatureError } from "./signature_error.ts";
import type { SignatureClaim } from "./verify_signature.ts";
import { formatServerTime, MAX_CLOCK_SKEW, type Verifier } from "./wire_request.ts";

/** The claim of a presigned URL. */
export interface QueryClaim extends SignatureClaim {
  readonly expiresAt: Date;
}

const REQUIRED = [
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Signature",
  "X-Amz-Date",
  "X-Amz-SignedHeaders",
  "X-Amz-Expires",
] as const;

/**
 * Reads the claim of a presigned URL and checks its scope and its time.
 *
 * @param query decoded parameters
 * @throws {SignatureError} `AuthorizationQueryParametersError`, `AccessDenied` (expired, or not
 * yet valid)
 */
export function parseQueryClaim(
  query: ReadonlyMap<string, string>,
  headers: Headers,
  verifier: Verifier,
): QueryClaim {
  const [algorithm, credentialText, signature, date, signedHeaders, expires] = required(query);
  if (algorithm !== ALGORITHM) throw refused(`X-Amz-Algorithm only supports "${ALGORITHM}"`);
  const parsed = parseCredential(credentialText, verifier.region);
  if ("fault" in parsed) {
    const { message, detail } = parsed.fault;
    throw refused(`Error parsing the X-Amz-Credential parameter; ${message}`, detail);
  }
  const { credential } = parsed;
  const signedAt = parseTimestamp(date);
  if (signedAt === undefined) {
    throw refused(`X-Amz-Date must be in the ISO8601 Long Format "yyyyMMdd'T'HHmmss'Z'"`);
  }
  if (date.slice(0, 8) !== credential.date) {
    throw refused(
      `Invalid credential date "${credential.date}". This date is not the same as X-Amz-Date: ` +
        `"${date.slice(0, 8)}".`,
    );
  }
  const lifetime = parseLifetime(expires);
  const expiresAt = new Date(signedAt.getTime() + lifetime * 1_000);
  requireValidNow(signedAt, expiresAt, lifetime, verifier.now);
  return {
    ...credential,
    signedHeaders: signedHeaders.toLowerCase().split(";"),
    signature,
    signedAt,
    timestamp: date,
    expiresAt,
    payloadHash: query.get("X-Amz-Content-Sha256") ?? headers.get("x-amz-content-sha256") ??
      UNSIGNED_PAYLOAD,
  };
}

function required(query: ReadonlyMap<string, string>): string[] {
  return REQUIRED.map((name) => {
    const value = query.get(name);
    if (value !== undefined && value !== "") return value;
    throw refused(
      "Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, " +
        "X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.",
    );
  });
}

/** Seconds. */
function parseLifetime(expires: string): number {
  if (!/^-?\d+$/.test(expires)) throw refused("X-Amz-Expires should be a number");
  const seconds = Number(expires);
  if (seconds < 0) throw refused("X-Amz-Expires must be non-negative");
  if (seconds > MAX_PRESIGN_SECONDS) {
    throw refused(
      "X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires " +
        `must be less than ${MAX_PRESIGN_SECONDS} seconds`,
    );
  }
  return seconds;
}

function requireValidNow(signedAt: Date, expiresAt: Date, lifetime: number, now: Date): void {
  const times = { Expires: formatServerTime(expiresAt), ServerTime: formatServerTime(now) };
  if (signedAt.getTime() > now.getTime() + MAX_CLOCK_SKEW) {
    throw new SignatureError("AccessDenied", "Request is not yet valid", {
      "X-Amz-Date": String(signedAt.getTime()),
      ...times,
    });
  }
  if (now > expiresAt) {
    throw new SignatureError("AccessDenied", "Request has expired", {
      "X-Amz-Expires": String(lifetime),
      ...times,
    });
  }
}

function refused(message: string, detail?: Readonly<Record<string, string>>): SignatureError {
  return new SignatureError("AuthorizationQueryParametersError", message, detail);
}
