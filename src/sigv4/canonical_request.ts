/**
 * The text that Signature Version 4 signs.
 * Source: "Create a signed AWS API request", steps 1 to 3, and "Authenticating Requests: Using the
 * Authorization Header (AWS Signature Version 4)" for what is special about S3: paths are encoded
 * once and never normalised.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { canonicalQueryComponent } from "./uri_encoding.ts";

export const ALGORITHM = "AWS4-HMAC-SHA256";

/** Stands in place of a digest where the body is not signed. */
export const UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD";

const NON_ASCII = /[^\0-\x7f]/;

/** The parts of a canonical request, each already in canonical form. */
export interface CanonicalRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Name in lower case, value; sorted by name. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly payloadHash: string;
}

/** Writes a canonical request. */
export function formatCanonicalRequest(request: CanonicalRequest): string {
  let lines = "";
  for (const [name, value] of request.headers) lines += `${name}:${value}\n`;
  const signed = signedHeaderNames(request.headers);
  return `${request.method}\n${request.path}\n${request.query}\n${lines}\n${signed}\n${request.payloadHash}`;
}

/** `host;x-amz-date`, as `SignedHeaders` lists them. */
export function signedHeaderNames(headers: CanonicalRequest["headers"]): string {
  return headers.map(([name]) => name).join(";");
}

/** Writes the string to sign for a canonical request. */
export function formatStringToSign(timestamp: string, scope: string, canonical: string): string {
  return `${ALGORITHM}\n${timestamp}\n${scope}\n${sha256Hex(canonical)}`;
}

/**
 * Puts a query string in canonical form: encoded strictly, sorted by name, then by value.
 *
 * @param rawQuery as on the wire, without `?`
 * @param omit a name to leave out (the signature itself)
 */
export function canonicalQuery(
  rawQuery: string,
  omit?: string,
  plus: "space" | "plus" = "space",
): string {
  if (rawQuery === "") return "";
  const pairs: [name: string, value: string][] = [];
  for (const part of rawQuery.split("&")) {
    if (part === "") continue;
    const equals = part.indexOf("=");
    const name = canonicalQueryComponent(equals < 0 ? part : part.slice(0, equals), plus);
    if (name === omit) continue;
    const value = equals < 0 ? "" : canonicalQueryComponent(part.slice(equals + 1), plus);
    pairs.push([name, value]);
  }
  if (pairs.length > 1) pairs.sort(byNameThenValue);
  return pairs.map(([name, value]) => `${name}=${value}`).join("&");
}

/** Trims a header's value and folds every run of white space into one space. */
export function canonicalHeaderValue(value: string): string {
  return /^\s|\s$|\s\s|[\t\r\n]/.test(value) ? value.trim().replace(/\s+/g, " ") : value;
}

/** `20130524T000000Z`. */
export function formatTimestamp(at: Date): string {
  const iso = at.toISOString();
  return `${iso.slice(0, 4)}${iso.slice(5, 7)}${iso.slice(8, 10)}T${iso.slice(11, 13)}${
    iso.slice(14, 16)
  }${iso.slice(17, 19)}Z`;
}

/** Reads `20130524T000000Z`; `undefined` when it is no such time. */
export function parseTimestamp(text: string): Date | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const at = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // Date may roll 30 February over into March, which is not what was signed.
  return at.getUTCDate() === Number(day) ? at : undefined;
}

/**
 * SHA-256 in lower-case hex of a canonical request. Header values come as byte strings, one
 * character per byte of the wire, and everything else is ASCII.
 */
function sha256Hex(text: string): string {
  return createHash("sha256").update(text, NON_ASCII.test(text) ? "latin1" : "utf8").digest("hex");
}

function byNameThenValue(a: readonly [string, string], b: readonly [string, string]): number {
  const side = a[0] === b[0] ? 1 : 0;
  return a[side] < b[side] ? -1 : a[side] > b[side] ? 1 : 0;
}
