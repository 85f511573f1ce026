import { byCodePoint } from "./code_points.ts";
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
