import { asciiText } from "../eventlog/ascii_text.ts";
import { byCodePoint } from "../eventlog/code_points.ts";
import { DEEPEST, type Json, JsonError, JsonNumber, tooDeep } from "../eventlog/json.ts";
import { numberText } from "../eventlog/number_text.ts";
import { sha256, toHex } from "../eventlog/verify/bytes.ts";

/** Most digits of an integer that Python reads. Source: `sys.int_info.default_max_str_digits`. */
const MOST_DIGITS = 4_300;

/**
 * A value as Python's `json.dumps(value, sort_keys=True)` writes it: names sorted by code point,
 * `, ` and `: ` between, whatever is not ASCII escaped. The checksum of evidence is of this text.
 *
 * @throws {JsonError} for a number that Python reads not at all or as infinite, and for what is nested
 * too deeply
 */
export function pythonJson(value: Json): string {
  return write(value, 0);
}

/** SHA-256 of evidence in Python's form, in hex. Throws as {@link pythonJson}. */
export async function evidenceChecksum(evidenceData: Json): Promise<string> {
  return toHex(await sha256(new TextEncoder().encode(pythonJson(evidenceData))));
}

function write(value: Json, depth: number): string {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return asciiText(value);
  if (value instanceof JsonNumber) return number(value.text);
  if (depth > DEEPEST) throw tooDeep();
  if (Array.isArray(value)) return `[${value.map((item) => write(item, depth + 1)).join(", ")}]`;
  const members = Object.entries(value).sort(([one], [other]) => byCodePoint(one, other))
    .map(([name, member]) => `${asciiText(name)}: ${write(member, depth + 1)}`);
  return `{${members.join(", ")}}`;
}

function number(text: string): string {
  const isLong = /^-?\d+$/.test(text) && text.replace("-", "").length > MOST_DIGITS;
  if (isLong) throw new JsonError(`an integer has more than ${MOST_DIGITS} digits`);
  return numberText(text);
}
