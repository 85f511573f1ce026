import { byCodePoint } from "./code_points.ts";
import { type Json, JsonNumber } from "./json.ts";
import { numberText } from "./number_text.ts";

/** In which order the names of an object are written. */
export type NameOrder = "given" | "sorted";

/**
 * A value for people to read and for files that existing operators read too: what Python's
 * `json.dumps` writes with `indent=2`. Whatever is not ASCII is escaped.
 *
 * @throws {JsonError} for a float beyond the largest double
 */
export function indentedJson(value: Json, order: NameOrder = "given"): string {
  return write(value, order, "\n");
}

/** @param newline an end of line, and the indentation of what the value is in */
function write(value: Json, order: NameOrder, newline: string): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return text(value);
  if (value instanceof JsonNumber) return numberText(value.text);
  const within = `${newline}  `;
  if (Array.isArray(value)) {
    return enclosed("[", value.map((item) => write(item, order, within)), "]", newline);
  }
  const members = Object.entries(value);
  if (order === "sorted") members.sort(([one], [other]) => byCodePoint(one, other));
  const written = members.map(([name, member]) => `${text(name)}: ${write(member, order, within)}`);
  return enclosed("{", written, "}", newline);
}

function enclosed(open: string, items: readonly string[], close: string, newline: string): string {
  if (items.length === 0) return open + close;
  const within = `${newline}  `;
  return open + within + items.join(`,${within}`) + newline + close;
}

/** JavaScript escapes control characters in the same way. */
function text(value: string): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
