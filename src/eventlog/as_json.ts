import { type Json, JsonNumber } from "./json.ts";

/**
 * A report as a value of JSON: numbers of the language become numbers of JSON, and what is
 * `undefined` is left out. What has been read keeps its numbers as they were.
 *
 * @throws {TypeError} for what JSON has nothing for
 */
export function asJson(value: unknown): Json {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (value instanceof JsonNumber) return value;
  if (typeof value === "number" && Number.isFinite(value)) return new JsonNumber(String(value));
  if (Array.isArray(value)) return value.map(asJson);
  if (typeof value !== "object") throw new TypeError(`JSON has no ${typeof value}`);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(members.map(([name, member]) => [name, asJson(member)]));
}
