/**
 * Signatures in the `Authorization` header.
 * Source: "Authenticating Requests: Using the Authorization Header (AWS Signature Version 4)".
 *
 * @module
 */
import { ALGORITHM, formatTimestamp, parseTimestamp } from "./canonical_request.ts";
import { parseCredential } from "./credential.ts";
import { SignatureError } from "./signature_error.ts";
import type { SignatureClaim } from "./verify_signature.ts";
import { formatServerTime, MAX_CLOCK_SKEW, type Verifier } from "./wire_request.ts";

const COMPONENTS = ["Credential", "SignedHeaders", "Signature"] as const;

/**
 * Reads the claim of an `Authorization` header and checks its scope and its time.
 *
 * @throws {SignatureError} `AuthorizationHeaderMalformed`, `AccessDenied` (no date),
 * `InvalidRequest` (no `x-amz-content-sha256`), `RequestTimeTooSkewed`
 */
export function parseHeaderClaim(
  authorization: string,
  headers: Headers,
  verifier: Verifier,
): SignatureClaim {
  const components = parseComponents(authorization);
  const parsed = parseCredential(components.Credential, verifier.region);
  if ("fault" in parsed) throw malformed(parsed.fault.message, parsed.fault.detail);
  const { credential } = parsed;
  const signedAt = requestTime(headers);
  const timestamp = formatTimestamp(signedAt);
  requireDate(credential.date, timestamp.slice(0, 8));
  requireClock(signedAt, verifier.now);
  const payloadHash = headers.get("x-amz-content-sha256");
  if (payloadHash === null) {
    throw new SignatureError(
      "InvalidRequest",
      "Missing required header for this request: x-amz-content-sha256",
    );
  }
  return {
    ...credential,
    signedHeaders: components.SignedHeaders.toLowerCase().split(";"),
    signature: components.Signature,
    signedAt,
    timestamp,
    payloadHash,
  };
}

function parseComponents(authorization: string): Record<typeof COMPONENTS[number], string> {
  const found = new Map<string, string>();
  for (const component of authorization.slice(ALGORITHM.length).split(",")) {
    const equals = component.indexOf("=");
    if (equals < 0) {
      throw malformed(
        "the authorization header requires three components: Credential, SignedHeaders, and " +
          "Signature.",
      );
    }
    found.set(component.slice(0, equals).trim(), component.slice(equals + 1).trim());
  }
  const [Credential, SignedHeaders, Signature] = COMPONENTS.map((name) => {
    const value = found.get(name);
    if (value === undefined || value === "") throw malformed(`missing ${name}.`);
    return value;
  });
  return { Credential, SignedHeaders, Signature };
}

function requestTime(headers: Headers): Date {
  const amzDate = headers.get("x-amz-date");
  const text = amzDate ?? headers.get("date") ?? "";
  const at = parseTimestamp(text) ?? (amzDate === null ? parseHttpDate(text) : undefined);
  if (at !== undefined) return at;
  throw new SignatureError(
    "AccessDenied",
    "AWS authentication requires a valid Date or x-amz-date header",
  );
}

/** RFC 9110, section 5.6.7. */
function parseHttpDate(text: string): Date | undefined {
  const at = new Date(text);
  return /^[A-Z][a-z]{2}, .* GMT$/.test(text) && !Number.isNaN(at.getTime()) ? at : undefined;
}

function requireDate(scopeDate: string, date: string): void {
  if (date === scopeDate) return;
  throw malformed(
    `Invalid credential date "${scopeDate}". This date is not the same as X-Amz-Date: "${date}".`,
  );
}

function requireClock(signedAt: Date, now: Date): void {
  if (Math.abs(signedAt.getTime() - now.getTime()) <= MAX_CLOCK_SKEW) return;
  throw new SignatureError(
    "RequestTimeTooSkewed",
    "The difference between the request time and the current time is too large.",
    {
      RequestTime: formatTimestamp(signedAt),
      ServerTime: formatServerTime(now),
      MaxAllowedSkewMilliseconds: String(MAX_CLOCK_SKEW),
    },
  );
}

function malformed(message: string, detail?: Readonly<Record<string, string>>): SignatureError {
  return new SignatureError(
    "AuthorizationHeaderMalformed",
    `The authorization header is malformed; ${message}`,
    detail,
  );
}
