/**
 * Finds out who signed a request, and how its body is protected.
 * Source: "Authenticating Requests (AWS Signature Version 4)" in the Amazon S3 API reference.
 *
 * @module
 */
import { ALGORITHM } from "./canonical_request.ts";
import { parseHeaderClaim } from "./header_authentication.ts";
import { type ChunkSigning, parsePayloadMode, type PayloadMode } from "./payload_mode.ts";
import { parseQueryClaim } from "./query_authentication.ts";
import { SignatureError } from "./signature_error.ts";
import { credentialScope } from "./signing_key.ts";
import { decodeUri } from "./uri_encoding.ts";
import { type SignatureClaim, verifySignature } from "./verify_signature.ts";
import type { Verifier, WireRequest } from "./wire_request.ts";

export type { ChunkSigning, PayloadMode } from "./payload_mode.ts";
export type { Verifier, WireRequest } from "./wire_request.ts";

/** Who signed a request, if anyone, and how its body comes. */
export type Authentication =
  | { readonly kind: "anonymous"; readonly payload: PayloadMode }
  | {
    /** Signed in the `Authorization` header. */
    readonly kind: "header";
    readonly accessKeyId: string;
    readonly payload: PayloadMode;
    readonly signedAt: Date;
  }
  | {
    /** Signed in the query string: a presigned URL. */
    readonly kind: "query";
    readonly accessKeyId: string;
    readonly payload: PayloadMode;
    readonly signedAt: Date;
    readonly expiresAt: Date;
  };

/**
 * Verifies the signature of a request, in its header or in its query.
 *
 * The body is not touched: `payload` says what its reader must hold it to.
 *
 * @throws {SignatureError} with the code and the message that S3 answers
 */
export function authenticate(request: WireRequest, verifier: Verifier): Authentication {
  const authorization = request.headers.get("authorization");
  const query = signatureParameters(request.rawQuery);
  if (authorization !== null && query.size > 0) throw twoMechanisms();
  if (authorization !== null) return authenticateHeader(request, authorization, verifier);
  if (query.size > 0) return authenticateQuery(request, query, verifier);
  return anonymous(request);
}

/**
 * Reads how the body comes and believes it, for a server whose authentication is off. A signature
 * on the request, or in its chunks, is read over.
 *
 * @throws {SignatureError} `InvalidArgument` for an `x-amz-content-sha256` that is not supported
 */
export function anonymous({ headers }: Pick<WireRequest, "headers">): Authentication {
  const declared = headers.get("x-amz-content-sha256") ?? undefined;
  return { kind: "anonymous", payload: parsePayloadMode(declared, headers) };
}

function authenticateHeader(
  request: WireRequest,
  authorization: string,
  verifier: Verifier,
): Authentication {
  const scheme = authorization.split(/\s/, 1)[0];
  if (scheme !== ALGORITHM) throw unsupportedScheme(scheme);
  const claim = parseHeaderClaim(authorization, request.headers, verifier);
  return {
    kind: "header",
    accessKeyId: claim.accessKeyId,
    payload: verifiedPayload(request, claim, verifier),
    signedAt: claim.signedAt,
  };
}

function authenticateQuery(
  request: WireRequest,
  query: ReadonlyMap<string, string>,
  verifier: Verifier,
): Authentication {
  if (query.has("AWSAccessKeyId") || query.has("Signature")) throw signatureVersion2();
  const claim = parseQueryClaim(query, request.headers, verifier);
  return {
    kind: "query",
    accessKeyId: claim.accessKeyId,
    payload: verifiedPayload(request, claim, verifier),
    signedAt: claim.signedAt,
    expiresAt: claim.expiresAt,
  };
}

function verifiedPayload(
  request: WireRequest,
  claim: SignatureClaim,
  verifier: Verifier,
): PayloadMode {
  const key = verifySignature(request, claim, verifier);
  const chunkSigning: ChunkSigning = {
    accessKeyId: claim.accessKeyId,
    seedSignature: claim.signature,
    timestamp: claim.timestamp,
    scope: credentialScope(claim.date, verifier.region),
    sign: (text) => key.hex(text),
  };
  return parsePayloadMode(claim.payloadHash, request.headers, chunkSigning);
}

/** Query parameters by which a signature in the query is known, and those that belong to it. */
const MARKERS = [
  "X-Amz-Algorithm",
  "X-Amz-Credential",
  "X-Amz-Signature",
  "AWSAccessKeyId",
  "Signature",
];
const PARAMETERS = new Set([
  ...MARKERS,
  "X-Amz-Date",
  "X-Amz-Expires",
  "X-Amz-SignedHeaders",
  "X-Amz-Content-Sha256",
]);

/** The parameters of a signature in the query, decoded; empty where there is no signature. */
function signatureParameters(rawQuery: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  if (!/Signature|X-Amz-|AWSAccessKeyId/.test(rawQuery)) return found;
  for (const part of rawQuery.split("&")) {
    const equals = part.indexOf("=");
    const name = equals < 0 ? part : part.slice(0, equals);
    if (!PARAMETERS.has(name) || found.has(name)) continue;
    found.set(name, equals < 0 ? "" : decodeUri(part.slice(equals + 1)));
  }
  return MARKERS.some((name) => found.has(name)) ? found : new Map();
}

function twoMechanisms(): SignatureError {
  return new SignatureError(
    "InvalidArgument",
    "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query " +
      "string parameter or the Authorization header should be specified",
    { ArgumentName: "Authorization" },
  );
}

/** `AWS` is Signature Version 2, and the other one that AWS itself knows is SigV4A. */
function unsupportedScheme(scheme: string): SignatureError {
  if (scheme === "AWS" || scheme.startsWith("AWS4-")) return signatureVersion2();
  return new SignatureError("InvalidArgument", "Unsupported Authorization Type", {
    ArgumentName: "Authorization",
  });
}

function signatureVersion2(): SignatureError {
  return new SignatureError(
    "InvalidRequest",
    "The authorization mechanism you have provided is not supported. Please use " +
      `${ALGORITHM}.`,
  );
}
