/**
 * Recomputes what a request should have signed, and compares.
 *
 * @module
 */
import {
  canonicalHeaderValue,
  canonicalQuery,
  type CanonicalRequest,
  formatCanonicalRequest,
  formatStringToSign,
} from "./canonical_request.ts";
import { checkSignature, type Claim, type Signable } from "./check_signature.ts";
import type { HmacKey } from "./hmac.ts";
import { SignatureError } from "./signature_error.ts";
import { credentialScope } from "./signing_key.ts";
import { canonicalPath } from "./uri_encoding.ts";
import type { Verifier, WireRequest } from "./wire_request.ts";

/** What a request claims about its own signature. */
export interface SignatureClaim extends Claim {
  /** Lower-case names, in the order in which they were signed. */
  readonly signedHeaders: readonly string[];
  readonly signedAt: Date;
  /** The same, as it was signed: `20130524T000000Z`. */
  readonly timestamp: string;
  /** What stood in the place of the body's digest. */
  readonly payloadHash: string;
}

/**
 * Returns the key that a request was signed with.
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
  const [usual, ...others] = canonicalForms(request, claim);
  const sign = (form: CanonicalRequest) => signable(form, claim, verifier.region);
  return checkSignature(claim, verifier, sign(usual), Iterator.from(others).map(sign));
}

function requireSignedHeaders(request: WireRequest, signedHeaders: readonly string[]): void {
  const signed = new Set(signedHeaders);
  const unsigned = signed.has("host") ? [] : ["host"];
  // Headers' forEach() costs a tenth of its iterators.
  request.headers.forEach((_, name) => {
    if (name.startsWith("x-amz-") && !signed.has(name)) unsigned.push(name);
  });
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
): readonly [usual: CanonicalRequest, ...others: CanonicalRequest[]] {
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
  const scope = credentialScope(claim.date, region);
  return { canonical, stringToSign: formatStringToSign(claim.timestamp, scope, canonical) };
}

function signedQuery(rawQuery: string, plus: "space" | "plus"): string {
  return canonicalQuery(rawQuery, "X-Amz-Signature", plus);
}

/** A header's name, as RFC 9110 section 5.6.2 has it; `Headers` throws when it is asked for another. */
const TOKEN = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

function signedHeaderLines(
  { headers, authority }: WireRequest,
  signedHeaders: readonly string[],
): CanonicalRequest["headers"] {
  return signedHeaders.map((name) => {
    const sent = TOKEN.test(name) ? headers.get(name) : null;
    const value = sent ?? (name === "host" ? authority : undefined) ?? "";
    return [name, canonicalHeaderValue(value)] as const;
  });
}
