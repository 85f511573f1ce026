import { asciiText } from "./ascii_text.ts";
import { byCodePoint } from "./code_points.ts";
import { type Json, JsonNumber } from "./json.ts";
import { numberText } from "./number_text.ts";

/** In which order the names of an object are written. */
export type NameOrder = "given" | "sorted";

/** How numbers are written: as Python does, or with the text that they came with. */
export type NumberForm = "python" | "kept";

/**
 * A value for people to read and for files that existing operators read too: what Python's
 * `json.dumps` writes with `indent=2`. Whatever is not ASCII is escaped.
 *
 * @throws {JsonError} for a float beyond the largest double, unless numbers are kept
 */
export function indentedJson(
  value: Json,
  order: NameOrder = "given",
  numbers: NumberForm = "python",
): string {
  return write(value, { order, numbers }, "\n");
}

interface Layout {
  readonly order: NameOrder;
  readonly numbers: NumberForm;
}

/** @param newline an end of line, and the indentation of what the value is in */
function write(value: Json, layout: Layout, newline: string): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return asciiText(value);
  if (value instanceof JsonNumber) {
    return layout.numbers === "kept" ? value.text : numberText(value.text);
  }
  const within = `${newline}  `;
  if (Array.isArray(value)) {
    return enclosed("[", value.map((item) => write(item, layout, within)), "]", newline);
  }
  const members = Object.entries(value);
  if (layout.order === "sorted") members.sort(([one], [other]) => byCodePoint(one, other));
  const written = members.map(([name, member]) =>
    `${asciiText(name)}: ${write(member, layout, within)}`
  );
  return enclosed("{", written, "}", newline);
}

function enclosed(open: string, items: readonly string[], close: string, newline: string): string {
  if (items.length === 0) return open + close;
  const within = `${newline}  `;
  return open + within + items.join(`,${within}`) + newline + close;
}
