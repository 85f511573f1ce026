import { DEEPEST, type Json, JsonError, JsonNumber, tooDeep } from "./json.ts";
import { numberText } from "./number_text.ts";

/**
 * The canonical form of a value: what Python's `json.dumps` writes with `sort_keys=True`,
 * `separators=(",", ":")` and `ensure_ascii=False`. Names are sorted by code point; only quotes,
 * backslashes and control characters are escaped.
 *
 * @throws {JsonError} for a lone surrogate, for a float beyond the largest double, and for what is
 * nested too deeply
 */
export function canonicalJson(value: Json): string {
  return write(value, 0);
}

function write(value: Json, depth: number): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return text(value);
  if (value instanceof JsonNumber) return numberText(value.text);
  if (depth > DEEPEST) throw tooDeep();
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(",")}]`;
  const members = Object.entries(value).sort(([one], [other]) => byCodePoint(one, other))
    .map(([name, member]) => `${text(name)}:${write(member, depth + 1)}`);
  return `{${members.join(",")}}`;
}

/** JavaScript escapes what Python escapes, in the same way, but for lone surrogates. */
function text(value: string): string {
  if (!value.isWellFormed()) throw new JsonError("it holds half of a surrogate pair");
  return JSON.stringify(value);
}

const SURROGATES = /[\ud800-\udfff]/;

/**
 * Compares by code point. JavaScript compares UTF-16 units, by which what is beyond U+FFFF would
 * come before U+E000.
 */
function byCodePoint(one: string, other: string): number {
  if (!SURROGATES.test(one) && !SURROGATES.test(other)) return one < other ? -1 : 1;
  const [left, right] = [[...one], [...other]];
  for (let at = 0; at < left.length && at < right.length; at++) {
    const difference = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
