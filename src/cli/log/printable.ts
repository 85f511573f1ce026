/**
 * What a log says, as text for a terminal: nothing that is in a log can steer it.
 *
 * @module
 */
import { type Json, JsonNumber } from "../../eventlog/json.ts";

/** Text with what a terminal would act upon, or would not show, escaped as in JSON. */
export function printable(text: string): string {
  return text.replace(UNSEEN, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, "0")}`,
    ).join(""));
}

/** Controls, marks that turn the direction of what follows, and ends of lines. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** A value as indented JSON; numbers keep their text. */
export function prettyJson(value: Json, indent = ""): string {
  if (value instanceof JsonNumber) return value.text;
  if (typeof value === "string") return quoted(value);
  if (typeof value !== "object" || value === null) return String(value);
  const inner = `${indent}  `;
  const members = Array.isArray(value)
    ? value.map((item: Json) => prettyJson(item, inner))
    : Object.entries(value).map(([name, member]) =>
      `${quoted(name)}: ${prettyJson(member, inner)}`
    );
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  if (members.length === 0) return `${open}${close}`;
  return `${open}\n${inner}${members.join(`,\n${inner}`)}\n${indent}${close}`;
}

function quoted(text: string): string {
  return printable(JSON.stringify(text));
}

/** Lines of a name and what it says, which may have several: `head  45194c…`. */
export function factLines(facts: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...facts.map(([name]) => name.length));
  const indent = " ".repeat(width + GAP.length);
  return facts.map(([name, value]) =>
    name.padEnd(width) + GAP + value.replaceAll("\n", `\n${indent}`)
  );
}

const GAP = "  ";
