/**
 * Tells canonical JSON from anything else in one pass over its bytes, without building values: most
 * of what is read of a log is what was written to it, and only has to be seen to be.
 *
 * @module
 */
import { byCodePoint } from "./code_points.ts";
import { DEEPEST, JsonError } from "./json.ts";
import { numberText } from "./number_text.ts";

/** Whether all of some bytes are the canonical form of some value, in UTF-8. */
export function isCanonicalJson(bytes: Uint8Array): boolean {
  return skipValue(bytes, 0) === bytes.length;
}

/** What is not canonical has no end. */
export const NOT_CANONICAL = -1;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const PLUS = 0x2b;
const POINT = 0x2e;
const [ZERO, NINE] = [0x30, 0x39];
const COLON = 0x3a;
const LETTER_E = 0x65;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

const WORDS = ["null", "true", "false"].map((word) => new TextEncoder().encode(word));

/**
 * Where the value that begins at `at` ends; {@link NOT_CANONICAL} where none in canonical form
 * begins there.
 */
export function skipValue(bytes: Uint8Array, at: number, depth = 0): number {
  const first = bytes[at];
  if (first === QUOTE) return skipText(bytes, at);
  if (first === OPEN_OBJECT) return skipObject(bytes, at, depth);
  if (first === OPEN_LIST) return skipList(bytes, at, depth);
  if (first === MINUS || isDigit(first)) return skipNumber(bytes, at);
  const word = WORDS.find((each) => hasAt(bytes, at, each));
  return word === undefined ? NOT_CANONICAL : at + word.length;
}

/** As {@link skipValue}, for an object. */
export function skipObject(bytes: Uint8Array, at: number, depth = 0): number {
  if (bytes[at] !== OPEN_OBJECT || depth > DEEPEST) return NOT_CANONICAL;
  if (bytes[at + 1] === CLOSE_OBJECT) return at + 2;
  let before = -1;
  let beforeEnd = -1;
  for (let name = at + 1;;) {
    const colon = skipText(bytes, name);
    if (colon < 0 || bytes[colon] !== COLON) return NOT_CANONICAL;
    if (before >= 0 && !isBefore(bytes, before, beforeEnd, name, colon)) return NOT_CANONICAL;
    const end = skipValue(bytes, colon + 1, depth + 1);
    if (end < 0) return NOT_CANONICAL;
    const next = bytes[end];
    if (next === CLOSE_OBJECT) return end + 1;
    if (next !== COMMA) return NOT_CANONICAL;
    before = name;
    beforeEnd = colon;
    name = end + 1;
  }
}

/** As {@link skipValue}, for a text. */
export function skipText(bytes: Uint8Array, at: number): number {
  if (bytes[at] !== QUOTE) return NOT_CANONICAL;
  for (let next = at + 1; next < bytes.length;) {
    const byte = bytes[next] ?? 0;
    if (byte === QUOTE) return next + 1;
    next = byte < 0x20 || byte === BACKSLASH || byte >= 0x80
      ? skipUnusual(bytes, next, byte)
      : next + 1;
    if (next < 0) return NOT_CANONICAL;
  }
  return NOT_CANONICAL;
}

/** As {@link skipValue}, for an integer. */
export function skipInteger(bytes: Uint8Array, at: number): number {
  const isNegative = bytes[at] === MINUS;
  const first = isNegative ? at + 1 : at;
  let end = first;
  while (isDigit(bytes[end])) end++;
  const isOne = end > first && (bytes[first] !== ZERO || (end === first + 1 && !isNegative));
  return isOne ? end : NOT_CANONICAL;
}

/** Whether some bytes have others in them, from `at` on. */
export function hasAt(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  if (at < 0 || at + expected.length > bytes.length) return false;
  for (let index = 0; index < expected.length; index++) {
    if (bytes[at + index] !== expected[index]) return false;
  }
  return true;
}

function skipList(bytes: Uint8Array, at: number, depth: number): number {
  if (depth > DEEPEST) return NOT_CANONICAL;
  if (bytes[at + 1] === CLOSE_LIST) return at + 2;
  for (let item = at + 1;;) {
    const end = skipValue(bytes, item, depth + 1);
    if (end < 0) return NOT_CANONICAL;
    const next = bytes[end];
    if (next === CLOSE_LIST) return end + 1;
    if (next !== COMMA) return NOT_CANONICAL;
    item = end + 1;
  }
}

/** An escape that has to be one, or a character beyond ASCII. */
function skipUnusual(bytes: Uint8Array, at: number, byte: number): number {
  if (byte < 0x20) return NOT_CANONICAL;
  if (byte === BACKSLASH) {
    const [escape = ""] = ESCAPE.exec(ascii(bytes, at, at + LONGEST_ESCAPE)) ?? [];
    return escape === "" ? NOT_CANONICAL : at + escape.length;
  }
  return skipCharacter(bytes, at, byte);
}

/** Control characters that have a letter are written with it, the others by their number. */
const ESCAPE = /^\\(?:["\\bfnrt]|u00(?:0[0-7be-f]|1[0-9a-f]))/;
const LONGEST_ESCAPE = 6;

/**
 * By the first byte of a character: how long it is, and between which its second byte has to be.
 * Source: The Unicode Standard, table 3-7, "Well-Formed UTF-8 Byte Sequences".
 */
const CHARACTERS = [
  { last: 0xc1, length: 0, least: 0, most: 0 },
  { last: 0xdf, length: 2, least: 0x80, most: 0xbf },
  { last: 0xe0, length: 3, least: 0xa0, most: 0xbf },
  { last: 0xec, length: 3, least: 0x80, most: 0xbf },
  { last: 0xed, length: 3, least: 0x80, most: 0x9f },
  { last: 0xef, length: 3, least: 0x80, most: 0xbf },
  { last: 0xf0, length: 4, least: 0x90, most: 0xbf },
  { last: 0xf3, length: 4, least: 0x80, most: 0xbf },
  { last: 0xf4, length: 4, least: 0x80, most: 0x8f },
] as const;

function skipCharacter(bytes: Uint8Array, at: number, first: number): number {
  const form = CHARACTERS.find(({ last }) => first <= last);
  if (form === undefined || form.length === 0) return NOT_CANONICAL;
  const second = bytes[at + 1] ?? 0;
  if (second < form.least || second > form.most) return NOT_CANONICAL;
  for (let next = at + 2; next < at + form.length; next++) {
    if (((bytes[next] ?? 0) & 0xc0) !== 0x80) return NOT_CANONICAL;
  }
  return at + form.length;
}

function skipNumber(bytes: Uint8Array, at: number): number {
  const integer = skipInteger(bytes, at);
  const next = bytes[integer];
  if (integer > 0 && next !== POINT && next !== LETTER_E) return integer;
  let end = at;
  while (isOfNumber(bytes[end])) end++;
  const written = ascii(bytes, at, end);
  return NUMBER.test(written) && isCanonicalNumber(written) ? end : NOT_CANONICAL;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]\d+)?$/;

function isOfNumber(byte: number | undefined): boolean {
  return isDigit(byte) || byte === POINT || byte === LETTER_E || byte === MINUS || byte === PLUS;
}

function isCanonicalNumber(written: string): boolean {
  // JavaScript writes floats that are neither whole nor small as Python does, and faster than we.
  if (String(Number(written)) === written && PLAIN_FLOAT.test(written)) return true;
  try {
    return numberText(written) === written;
  } catch (error) {
    if (error instanceof JsonError) return false;
    throw error;
  }
}

/** A float that is written without an exponent in either language. */
const PLAIN_FLOAT = /^-?\d{1,15}\.(?!0000)\d+$/;

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE;
}

/** Whether a name comes before another; both from their first quote to behind their last. */
function isBefore(
  bytes: Uint8Array,
  one: number,
  oneEnd: number,
  other: number,
  otherEnd: number,
): boolean {
  // Without the last quote, which would count as the first byte that is different.
  const length = Math.min(oneEnd - one, otherEnd - other) - 1;
  for (let at = 1; at < length; at++) {
    const left = bytes[one + at] ?? 0;
    const right = bytes[other + at] ?? 0;
    if (left === BACKSLASH || right === BACKSLASH) {
      return byCodePoint(name(bytes, one, oneEnd), name(bytes, other, otherEnd)) < 0;
    }
    // The bytes of UTF-8 are in the order of code points.
    if (left !== right) return left < right;
  }
  return oneEnd - one < otherEnd - other;
}

function name(bytes: Uint8Array, begin: number, end: number): string {
  return JSON.parse(new TextDecoder().decode(bytes.subarray(begin, end)));
}

function ascii(bytes: Uint8Array, begin: number, end: number): string {
  let text = "";
  for (let at = begin; at < end && at < bytes.length; at++) {
    text += String.fromCharCode(bytes[at] ?? 0);
  }
  return text;
}
