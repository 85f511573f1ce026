import { z } from "zod";
import { JsonNumber } from "../../eventlog/json.ts";

/**
 * A number of a body, in which it has kept its text, that is an integer between two others. To a schema
 * of JSON `1.0` is one.
 */
export function jsonInteger(least: number, most: number) {
  return z.custom<JsonNumber>(
    (value) => value instanceof JsonNumber && isBetween(value.text, least, most),
    `must be an integer from ${least} to ${most}`,
  ).meta({ type: "integer", minimum: least, maximum: most }).transform(({ text }) => Number(text));
}

function isBetween(text: string, least: number, most: number): boolean {
  return /^-?\d{1,16}(\.0{1,16})?$/.test(text) && Number(text) >= least && Number(text) <= most;
}
