/**
 * Recomputes the signature of a request and compares.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import {
  canonicalHeaderValue,
  canonicalQuery,
  type CanonicalRequest,
  formatCanonicalRequest,
  formatStringToSign,
  formatTimestamp,
} from "./canonical_request.ts";
import type { HmacKey } from "./hmac.ts";
import { SignatureError } from "./signature_error.ts";
import { credentialScope, deriveSigningKey, SigningKeyCache } from "./signing_key.ts";
import { canonicalPath } from "./uri_encoding.ts";
import type { Verifier, WireRequest } from "./wire_request.ts";

/** What a request claims about its own signature. */
export interface SignatureClaim {
  readonly accessKeyId: string;
  /** Scope date, `YYYYMMDD`. */
  readonly date: string;
  /** Lower-case names, in the order in which they were signed. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly signedAt: Date;
  /** What stood in the place of the body's digest. */
  readonly payloadHash: string;
}

/** A string to sign, and the canonical request in it. */
interface Signable {
  readonly canonical: string;
  readonly stringToSign: string;
}

const SIGNATURE_LENGTH = 64;

/** Stands in for the secret of an access key that does not exist. */
const NO_SECRET = "no access key has this secret, and it opens nothing";

const keys = new SigningKeyCache();

/**
 * Returns the key that a request was signed with.
 *
 * An unknown access key costs what a wrong signature costs: the same hashes are computed and the
 * same error is built.
 *
 * @throws {SignatureError} `AccessDenied` (a header that must be signed is not),
 * `InvalidAccessKeyId`, `SignatureDoesNotMatch`
 */
export function verifySignature(
  request: WireRequest,
  claim: SignatureClaim,
  verifier: Verifier,
): HmacKey {
  requireSignedHeaders(request, claim.signedHeaders);
  const { accessKeyId, date } = claim;
  const secret = verifier.secretFor(accessKeyId);
  const cached = secret === undefined
    ? undefined
    : keys.get(accessKeyId, secret, date, verifier.region);
  const key = cached ?? deriveSigningKey(secret ?? NO_SECRET, date, verifier.region);
  const forms = canonicalForms(request, claim);
  const matches = forms.some((form) => {
    const { stringToSign } = signable(form, claim, verifier.region);
    return signaturesEqual(claim.signature, key.hex(stringToSign));
  });
  if (secret !== undefined && matches) {
    if (cached === undefined) keys.set(accessKeyId, secret, date, verifier.region, key);
    return key;
  }
  // The cache may save time only where the signature holds: that a failure was quick would tell
  // that the key exists.
  if (cached !== undefined) deriveSigningKey(NO_SECRET, date, verifier.region);
  const mismatch = signatureMismatch(
    accessKeyId,
    claim.signature,
    signable(forms[0], claim, verifier.region),
  );
  throw secret === undefined ? unknownAccessKey(accessKeyId) : mismatch;
}

/** Compares two signatures in constant time; the first comes from the client. */
export function signaturesEqual(claimed: string, computed: string): boolean {
  const padded = Buffer.alloc(SIGNATURE_LENGTH);
  padded.write(claimed, "latin1");
  return timingSafeEqual(padded, Buffer.from(computed, "latin1")) &&
    claimed.length === SIGNATURE_LENGTH;
}

/** `SignatureDoesNotMatch` with what was signed, from which a client finds its own mistake. */
export function signatureMismatch(
  accessKeyId: string,
  provided: string,
  signed: { readonly stringToSign: string; readonly canonical?: string },
): SignatureError {
  const detail: Record<string, string> = {
    AWSAccessKeyId: accessKeyId,
    StringToSign: signed.stringToSign,
    SignatureProvided: provided,
    StringToSignBytes: hexDump(signed.stringToSign),
  };
  if (signed.canonical !== undefined) {
    detail.CanonicalRequest = Buffer.from(signed.canonical, "latin1").toString("utf8");
    detail.CanonicalRequestBytes = hexDump(signed.canonical);
  }
  return new SignatureError(
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your " +
      "key and signing method.",
    detail,
  );
}

/** `InvalidAccessKeyId`. */
export function unknownAccessKey(accessKeyId: string): SignatureError {
  return new SignatureError(
    "InvalidAccessKeyId",
    "The AWS Access Key Id you provided does not exist in our records.",
    { AWSAccessKeyId: accessKeyId },
  );
}

function requireSignedHeaders(request: WireRequest, signedHeaders: readonly string[]): void {
  const signed = new Set(signedHeaders);
  const unsigned = signed.has("host") ? [] : ["host"];
  for (const name of request.headers.keys()) {
    if (name.startsWith("x-amz-") && !signed.has(name)) unsigned.push(name);
  }
  if (unsigned.length === 0) return;
  throw new SignatureError(
    "AccessDenied",
    "There were headers present in the request which were not signed",
    { HeadersNotSigned: unsigned.join(", ") },
  );
}

/**
 * The ways in which a client may have written down this request, the usual one first. The wire
 * does not tell them apart: a path may be signed as it was sent or as S3 would encode it, a bare
 * `+` in a query may mean a space or itself, and two headers of one name reach us as one.
 */
function canonicalForms(
  request: WireRequest,
  claim: SignatureClaim,
): readonly [CanonicalRequest, ...CanonicalRequest[]] {
  const { method, rawPath, rawQuery } = request;
  const usual: CanonicalRequest = {
    method,
    path: canonicalPath(rawPath),
    query: signedQuery(rawQuery, "space"),
    headers: signedHeaderLines(request, claim.signedHeaders),
    payloadHash: claim.payloadHash,
  };
  const forms: [CanonicalRequest, ...CanonicalRequest[]] = [usual];
  const addForms = (change: Partial<CanonicalRequest>) =>
    forms.push(...forms.map((form) => ({ ...form, ...change })));
  if (usual.path !== rawPath) addForms({ path: rawPath });
  if (rawQuery.includes("+")) addForms({ query: signedQuery(rawQuery, "plus") });
  if (usual.headers.some(([, value]) => value.includes(", "))) {
    addForms({
      headers: usual.headers.map(([name, value]) => [name, value.replaceAll(", ", ",")] as const),
    });
  }
  return forms;
}

function signable(form: CanonicalRequest, claim: SignatureClaim, region: string): Signable {
  const canonical = formatCanonicalRequest(form);
  const timestamp = formatTimestamp(claim.signedAt);
  const scope = credentialScope(claim.date, region);
  return { canonical, stringToSign: formatStringToSign(timestamp, scope, canonical) };
}

function signedQuery(rawQuery: string, plus: "space" | "plus"): string {
  return canonicalQuery(rawQuery, "X-Amz-Signature", plus);
}

function signedHeaderLines(
  { headers, authority }: WireRequest,
  signedHeaders: readonly string[],
): CanonicalRequest["headers"] {
  return signedHeaders.map((name) => {
    const value = headers.get(name) ?? (name === "host" ? authority : undefined) ?? "";
    return [name, canonicalHeaderValue(value)] as const;
  });
}

function hexDump(text: string): string {
  return Buffer.from(text, "latin1").toString("hex").replace(/..(?!$)/g, "$& ");
}
