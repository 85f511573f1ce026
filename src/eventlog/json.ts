/**
 * JSON that is read without loss: a number keeps the text that it was written with, so that one of
 * any size, and a float of any form, can be written again as it was.
 *
 * @module
 */

/** A number, as it is written. */
export class JsonNumber {
  /** @param text as the grammar of JSON has it */
  constructor(readonly text: string) {}
}

/** A value. Properties of an object are its own; any name is possible, `__proto__` as well. */
export type Json = null | boolean | string | JsonNumber | readonly Json[] | JsonObject;

/** An object. */
export interface JsonObject {
  readonly [name: string]: Json;
}

/** Deepest nesting that is read or written. */
export const DEEPEST = 500;

/** What is no JSON, or none that can be kept. */
export class JsonError extends Error {
  override readonly name = "JsonError";
}

/** The part of a reviver's third argument that is used. Source: ECMA-262, `InternalizeJSONProperty`. */
interface ReviverContext {
  /** The text of a primitive. */
  readonly source?: string;
}

type Reviver = (name: string, value: unknown, context: ReviverContext) => unknown;

const keepNumbers: Reviver = (_name, value, { source }) =>
  typeof value === "number" && source !== undefined ? new JsonNumber(source) : value;

/**
 * Reads a text. Where a name comes twice the last one counts.
 *
 * @throws {JsonError} for what is no JSON, for a text that is not well-formed Unicode, and for what is
 * nested more deeply than {@link DEEPEST}
 */
export function parseJson(text: string): Json {
  try {
    // The library's types do not know the third argument yet; what comes out is JSON by construction.
    const value = JSON.parse(
      text,
      keepNumbers as (name: string, value: unknown) => unknown,
    ) as Json;
    demandShallow(value, 0);
    return value;
  } catch (cause) {
    if (cause instanceof JsonError) throw cause;
    // Whoever nests thousands of levels exhausts the stack of the reader itself.
    if (cause instanceof RangeError) throw tooDeep();
    throw new JsonError("it is not JSON", { cause });
  }
}

/** Whether a value is an object, and no list, number or null. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    !(value instanceof JsonNumber);
}

/** What exceeds {@link DEEPEST}. */
export function tooDeep(): JsonError {
  return new JsonError(`it is nested more than ${DEEPEST} levels deep`);
}

function demandShallow(value: Json, depth: number): void {
  if (typeof value !== "object" || value === null || value instanceof JsonNumber) return;
  if (depth > DEEPEST) throw tooDeep();
  for (const child of Object.values(value)) demandShallow(child, depth + 1);
}
