/**
 * Tells canonical JSON from any other text in one pass, without building values: most of what is
 * read of a log is what was written to it, and only has to be seen to be.
 *
 * @module
 */
import { byCodePoint } from "./code_points.ts";
import { DEEPEST, JsonError } from "./json.ts";
import { numberText } from "./number_text.ts";

/** Whether all of a text is the canonical form of some value. */
export function isCanonicalJson(text: string): boolean {
  return skipValue(text, 0) === text.length;
}

/** What is not canonical has no end. */
export const NOT_CANONICAL = -1;

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const POINT = 0x2e;
const [ZERO, NINE] = [0x30, 0x39];
const COLON = 0x3a;
const LETTER_E = 0x65;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const LETTER_F = 0x66;
const LETTER_N = 0x6e;
const LETTER_T = 0x74;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** The first and the last of the UTF-16 units that stand for a character in pairs. */
const [HIGH_SURROGATE, LOW_SURROGATE, LAST_SURROGATE] = [0xd800, 0xdc00, 0xdfff];

/**
 * Where the value that begins at `at` ends; {@link NOT_CANONICAL} where none in canonical form
 * begins there.
 */
export function skipValue(text: string, at: number, depth = 0): number {
  const first = text.charCodeAt(at);
  if (first === QUOTE) return skipText(text, at);
  if (first === OPEN_OBJECT) return skipObject(text, at, depth);
  if (first === OPEN_LIST) return skipList(text, at, depth);
  if (first === LETTER_N) return text.startsWith("null", at) ? at + 4 : NOT_CANONICAL;
  if (first === LETTER_T) return text.startsWith("true", at) ? at + 4 : NOT_CANONICAL;
  if (first === LETTER_F) return text.startsWith("false", at) ? at + 5 : NOT_CANONICAL;
  return skipNumber(text, at);
}

/** As {@link skipValue}, for an object. */
export function skipObject(text: string, at: number, depth = 0): number {
  if (text.charCodeAt(at) !== OPEN_OBJECT || depth >= DEEPEST) return NOT_CANONICAL;
  if (text.charCodeAt(at + 1) === CLOSE_OBJECT) return at + 2;
  let before: string | undefined;
  for (let name = at + 1;;) {
    const colon = skipText(text, name);
    if (colon < 0 || text.charCodeAt(colon) !== COLON) return NOT_CANONICAL;
    // Without the quote behind it, which would count as the first character that is different.
    const written = text.slice(name, colon - 1);
    if (before !== undefined && !isBefore(before, written)) return NOT_CANONICAL;
    const end = skipValue(text, colon + 1, depth + 1);
    if (end < 0) return NOT_CANONICAL;
    const next = text.charCodeAt(end);
    if (next === CLOSE_OBJECT) return end + 1;
    if (next !== COMMA) return NOT_CANONICAL;
    before = written;
    name = end + 1;
  }
}

/** As {@link skipValue}, for a text. */
export function skipText(text: string, at: number): number {
  if (text.charCodeAt(at) !== QUOTE) return NOT_CANONICAL;
  for (let next = at + 1; next < text.length;) {
    const unit = text.charCodeAt(next);
    if (unit === QUOTE) return next + 1;
    next = unit < 0x20 || unit === BACKSLASH || (unit >= HIGH_SURROGATE && unit <= LAST_SURROGATE)
      ? skipUnusual(text, next, unit)
      : next + 1;
    if (next < 0) return NOT_CANONICAL;
  }
  return NOT_CANONICAL;
}

/** As {@link skipValue}, for an integer. */
export function skipInteger(text: string, at: number): number {
  const isNegative = text.charCodeAt(at) === MINUS;
  const first = isNegative ? at + 1 : at;
  let end = first;
  while (isDigit(text.charCodeAt(end))) end++;
  const beginsWithZero = text.charCodeAt(first) === ZERO;
  const isOne = end > first && (!beginsWithZero || (end === first + 1 && !isNegative));
  return isOne ? end : NOT_CANONICAL;
}

function skipList(text: string, at: number, depth: number): number {
  if (depth >= DEEPEST) return NOT_CANONICAL;
  if (text.charCodeAt(at + 1) === CLOSE_LIST) return at + 2;
  for (let item = at + 1;;) {
    const end = skipValue(text, item, depth + 1);
    if (end < 0) return NOT_CANONICAL;
    const next = text.charCodeAt(end);
    if (next === CLOSE_LIST) return end + 1;
    if (next !== COMMA) return NOT_CANONICAL;
    item = end + 1;
  }
}

/** An escape that has to be one, or the two halves of a character beyond U+FFFF. */
function skipUnusual(text: string, at: number, unit: number): number {
  if (unit < 0x20) return NOT_CANONICAL;
  if (unit === BACKSLASH) {
    ESCAPE.lastIndex = at;
    return ESCAPE.test(text) ? ESCAPE.lastIndex : NOT_CANONICAL;
  }
  const low = text.charCodeAt(at + 1);
  const isPair = unit < LOW_SURROGATE && low >= LOW_SURROGATE && low <= LAST_SURROGATE;
  return isPair ? at + 2 : NOT_CANONICAL;
}

/** Control characters that have a letter are written with it, the others by their number. */
const ESCAPE = /\\(?:["\\bfnrt]|u00(?:0[0-7be-f]|1[0-9a-f]))/y;

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]\d+)?/y;

function skipNumber(text: string, at: number): number {
  const integer = skipInteger(text, at);
  const next = text.charCodeAt(integer);
  if (integer > 0 && next !== POINT && next !== LETTER_E) return integer;
  NUMBER.lastIndex = at;
  if (!NUMBER.test(text)) return NOT_CANONICAL;
  const end = NUMBER.lastIndex;
  return isCanonicalNumber(text.slice(at, end)) ? end : NOT_CANONICAL;
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

function isDigit(unit: number): boolean {
  return unit >= ZERO && unit <= NINE;
}

/** A float that is written without an exponent in either language. */
const PLAIN_FLOAT = /^-?\d{1,15}\.(?!0000)\d+$/;

/** Whether a name comes before another; both with the quote before them, and without the other. */
function isBefore(one: string, other: string): boolean {
  if (UNUSUAL.test(one) || UNUSUAL.test(other)) {
    return byCodePoint(JSON.parse(`${one}"`), JSON.parse(`${other}"`)) < 0;
  }
  return one < other;
}

const UNUSUAL = /[\\\ud800-\udfff]/;
