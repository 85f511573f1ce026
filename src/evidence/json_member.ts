/**
 * Members of objects that must be there.
 *
 * @module
 */
import { JsonError, JsonNumber, type JsonObject } from "../eventlog/json.ts";
import { fromDecimal } from "../eventlog/verify/bytes.ts";

/**
 * A text.
 *
 * @param form that it must have
 * @throws {JsonError} that names it
 */
export function textMember(members: JsonObject, name: string, form?: RegExp): string {
  const value = members[name];
  if (value === undefined) throw new JsonError(`${name} is missing`);
  if (typeof value !== "string") throw new JsonError(`${name} is no text`);
  // PostgreSQL has no text with it.
  if (value.includes("\0")) throw new JsonError(`${name} has a NUL in it`);
  if (form !== undefined && !form.test(value)) throw new JsonError(`${name} has not its form`);
  return value;
}

/**
 * A place, or a number of bytes: an integer from 0 on.
 *
 * @throws {JsonError} that names it
 */
export function countMember(members: JsonObject, name: string): number {
  const value = members[name];
  const count = value instanceof JsonNumber ? fromDecimal(value.text) : undefined;
  if (count === undefined) throw new JsonError(`${name} is no integer from 0 on`);
  return count;
}
