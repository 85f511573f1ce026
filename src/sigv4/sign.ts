/**
 * Signs requests to an S3 service with Signature Version 4, synchronously and in a few
 * microseconds: every request to a backend passes through here.
 *
 * @module
 */
import {
  ALGORITHM,
  canonicalHeaderValue,
  canonicalQuery,
  type CanonicalRequest,
  formatCanonicalRequest,
  formatStringToSign,
  formatTimestamp,
  signedHeaderNames,
  UNSIGNED_PAYLOAD,
} from "./canonical_request.ts";
import {
  type Credentials,
  credentialScope,
  deriveSigningKey,
  SigningKeyCache,
} from "./signing_key.ts";
import { encodeQueryComponent } from "./uri_encoding.ts";

export type { Credentials } from "./signing_key.ts";

/** A request that is about to be sent. */
export interface OutgoingRequest {
  readonly method: string;
  /** As the `Host` header will say it; the port only where it is not the scheme's own. */
  readonly host: string;
  /** Encoded as it goes on the wire; see `encodePath`. */
  readonly rawPath: string;
  /** Without `?`; `""` for none. */
  readonly rawQuery: string;
  /**
   * Further headers to sign, as byte strings (what `Headers` allows). Each must reach the wire
   * unchanged.
   */
  readonly headers: Readonly<Record<string, string>>;
}

/** The longest that a presigned URL may be good for: seven days, in seconds. */
export const MAX_PRESIGN_SECONDS = 604_800;

const keys = new SigningKeyCache();

/**
 * Returns the headers to add to a request: `authorization`, `x-amz-date`, `x-amz-content-sha256`
 * and, for temporary credentials, `x-amz-security-token`.
 *
 * @param request `payloadSha256` is the body's digest in hex, or `UNSIGNED-PAYLOAD`
 */
export function signHeaders(
  request: OutgoingRequest & { readonly payloadSha256: string },
  credentials: Credentials,
  region: string,
  now: Date,
): Record<string, string> {
  const timestamp = formatTimestamp(now);
  const added: Record<string, string> = {
    "x-amz-content-sha256": request.payloadSha256,
    "x-amz-date": timestamp,
  };
  if (credentials.sessionToken !== undefined) {
    added["x-amz-security-token"] = credentials.sessionToken;
  }
  const headers = canonicalHeaders({ ...request.headers, host: request.host, ...added });
  const scope = credentialScope(timestamp.slice(0, 8), region);
  const signature = signCanonical(
    {
      method: request.method,
      path: request.rawPath,
      query: canonicalQuery(request.rawQuery),
      headers,
      payloadHash: request.payloadSha256,
    },
    credentials,
    region,
    timestamp,
  );
  added["authorization"] = `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope}, ` +
    `SignedHeaders=${signedHeaderNames(headers)}, Signature=${signature}`;
  return added;
}

/**
 * Returns the query string (without `?`) that makes a URL good for `expiresIn` seconds, its
 * payload unsigned. The `host` and all of `request.headers` are signed: who uses the URL must send
 * them.
 *
 * @throws {RangeError} when `expiresIn` is not a whole number from 1 to 604,800
 */
export function presign(
  request: OutgoingRequest,
  credentials: Credentials,
  region: string,
  now: Date,
  expiresIn: number,
): string {
  if (!Number.isInteger(expiresIn) || expiresIn < 1 || expiresIn > MAX_PRESIGN_SECONDS) {
    throw new RangeError(`a presigned URL lives 1 to ${MAX_PRESIGN_SECONDS} s, not ${expiresIn}`);
  }
  const timestamp = formatTimestamp(now);
  const headers = canonicalHeaders({ ...request.headers, host: request.host });
  const parameters: Record<string, string> = {
    "X-Amz-Algorithm": ALGORITHM,
    "X-Amz-Credential": `${credentials.accessKeyId}/${
      credentialScope(timestamp.slice(0, 8), region)
    }`,
    "X-Amz-Date": timestamp,
    "X-Amz-Expires": String(expiresIn),
    "X-Amz-SignedHeaders": signedHeaderNames(headers),
  };
  if (credentials.sessionToken !== undefined) {
    parameters["X-Amz-Security-Token"] = credentials.sessionToken;
  }
  const added = Object.entries(parameters)
    .map(([name, value]) => `${name}=${encodeQueryComponent(value)}`).join("&");
  const query = canonicalQuery(request.rawQuery === "" ? added : `${request.rawQuery}&${added}`);
  const signature = signCanonical(
    {
      method: request.method,
      path: request.rawPath,
      query,
      headers,
      payloadHash: UNSIGNED_PAYLOAD,
    },
    credentials,
    region,
    timestamp,
  );
  return `${query}&X-Amz-Signature=${signature}`;
}

function signCanonical(
  canonical: CanonicalRequest,
  { accessKeyId, secretAccessKey }: Credentials,
  region: string,
  timestamp: string,
): string {
  const date = timestamp.slice(0, 8);
  let key = keys.get(accessKeyId, secretAccessKey, date, region);
  if (key === undefined) {
    key = deriveSigningKey(secretAccessKey, date, region);
    keys.set(accessKeyId, secretAccessKey, date, region, key);
  }
  const text = formatCanonicalRequest(canonical);
  return key.hex(formatStringToSign(timestamp, credentialScope(date, region), text));
}

function canonicalHeaders(headers: Readonly<Record<string, string>>): CanonicalRequest["headers"] {
  return Object.entries(headers)
    .map(([name, value]) => [name.toLowerCase(), canonicalHeaderValue(value)] as const)
    .sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
}
