/**
 * URI encoding as Signature Version 4 wants it, which is stricter than `encodeURIComponent`:
 * everything but `A-Z a-z 0-9 - . _ ~` becomes upper-case `%XX`.
 * Source: "Create a signed AWS API request", function `UriEncode()`.
 *
 * @module
 */
import { Buffer } from "node:buffer";

const UNRESERVED = /^[A-Za-z0-9\-._~]*$/;
const UNRESERVED_OR_SLASH = /^[A-Za-z0-9\-._~/]*$/;
const SLASH = 0x2f;
const PERCENT = 0x25;
const PLUS = 0x2b;
const SPACE = 0x20;

/** How each byte is written: itself when unreserved, `%XX` otherwise. */
const ENCODED: readonly string[] = Array.from({ length: 256 }, (_, byte) => {
  const character = String.fromCharCode(byte);
  return UNRESERVED.test(character) && byte < 0x80
    ? character
    : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
});

/** Encodes an object key for a path. `/` stays, also when doubled, leading or trailing. */
export function encodePath(key: string): string {
  return UNRESERVED_OR_SLASH.test(key) ? key : encodeBytes(Buffer.from(key), true);
}

/** Encodes the name or the value of a query parameter; `/` is encoded too. */
export function encodeQueryComponent(text: string): string {
  return UNRESERVED.test(text) ? text : encodeBytes(Buffer.from(text), false);
}

/**
 * Rewrites a path from the wire into the one canonical encoding of the same bytes, whatever its
 * sender left unencoded or encoded needlessly. A `%` that starts no escape stands for itself.
 */
export function canonicalPath(rawPath: string): string {
  return UNRESERVED_OR_SLASH.test(rawPath)
    ? rawPath
    : encodeBytes(decodeBytes(rawPath, PLUS), true);
}

/**
 * The same for a name or a value of the query string.
 *
 * @param plus what a bare `+` stands for; a form reads it as a space, RFC 3986 as itself
 */
export function canonicalQueryComponent(raw: string, plus: "space" | "plus"): string {
  if (UNRESERVED.test(raw)) return raw;
  return encodeBytes(decodeBytes(raw, plus === "space" ? SPACE : PLUS), false);
}

/** Undoes percent encoding; what is not UTF-8 after that becomes U+FFFD. `+` stands for itself. */
export function decodeUri(raw: string): string {
  return raw.includes("%") ? decodeBytes(raw, PLUS).toString("utf8") : raw;
}

function encodeBytes(bytes: Uint8Array, keepSlash: boolean): string {
  let encoded = "";
  for (const byte of bytes) encoded += keepSlash && byte === SLASH ? "/" : ENCODED[byte];
  return encoded;
}

function decodeBytes(raw: string, plus: number): Buffer {
  const bytes = Buffer.from(raw);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const escaped = bytes[at] === PERCENT ? parseEscape(bytes, at) : undefined;
    if (escaped !== undefined) at += 2;
    bytes[length++] = escaped ?? (bytes[at] === PLUS ? plus : bytes[at]);
  }
  return bytes.subarray(0, length);
}

function parseEscape(bytes: Uint8Array, at: number): number | undefined {
  const high = hexDigit(bytes[at + 1]);
  const low = hexDigit(bytes[at + 2]);
  return high === undefined || low === undefined ? undefined : high * 16 + low;
}

function hexDigit(byte: number | undefined): number | undefined {
  if (byte === undefined) return undefined;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : undefined;
}
