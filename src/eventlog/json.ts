/**
 * JSON that is read without loss: a number keeps the text that it was written with, so that one of
 * any size, and a float of any form, can be written again as it was.
 *
 * @module
 */

/** A number, as it is written. */
export class JsonNumber {
  readonly text: string;

  /** @param text as the grammar of JSON has it */
  constructor(text: string) {
    this.text = text;
  }
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

/**
 * Reads a text. Where a name comes twice the last one counts.
 *
 * @throws {JsonError} for what is no JSON, for a text that is not well-formed Unicode, and for what is
 * nested more deeply than {@link DEEPEST}
 */
export function parseJson(text: string): Json {
  const reader = new JsonReader(text);
  const value = reader.value(0);
  reader.end();
  return value;
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

const SPACE = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

const WORDS = [["null", null], ["true", true], ["false", false]] as const;

/**
 * Reads objects without the engine, which can take a name with an escape in it for another name that
 * it has met before, such as `"\n"` for `"\\"`.
 * Source: https://github.com/nodejs/node/issues/63785, a fault of V8.
 */
class JsonReader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(depth: number): Json {
    this.#take(SPACE);
    const first = this.#text[this.#at];
    if (first === '"') return this.#string();
    if (first === "{") return this.#object(depth);
    if (first === "[") return this.#list(depth);
    const word = WORDS.find(([written]) => this.#text.startsWith(written, this.#at));
    if (word !== undefined) {
      this.#at += word[0].length;
      return word[1];
    }
    const number = this.#take(NUMBER);
    if (number === "") throw notJson();
    return new JsonNumber(number);
  }

  /** Nothing may follow. */
  end(): void {
    this.#take(SPACE);
    if (this.#at < this.#text.length) throw notJson();
  }

  #object(depth: number): JsonObject {
    const members = new Map<string, Json>();
    this.#items("}", depth, () => {
      this.#take(SPACE);
      const name = this.#string();
      this.#take(SPACE);
      this.#demand(":");
      members.set(name, this.value(depth + 1));
    });
    return Object.fromEntries(members);
  }

  #list(depth: number): Json[] {
    const items: Json[] = [];
    this.#items("]", depth, () => items.push(this.value(depth + 1)));
    return items;
  }

  #items(close: string, depth: number, readItem: () => void): void {
    if (depth > DEEPEST) throw tooDeep();
    this.#at++;
    this.#take(SPACE);
    if (this.#skip(close)) return;
    do {
      readItem();
      this.#take(SPACE);
    } while (this.#skip(","));
    this.#demand(close);
  }

  /** By itself, the engine reads a string as it ought to. */
  #string(): string {
    const begin = this.#at;
    this.#demand('"');
    while (this.#at < this.#text.length && !this.#skip('"')) {
      this.#at += this.#text[this.#at] === "\\" ? 2 : 1;
    }
    try {
      return JSON.parse(this.#text.slice(begin, this.#at));
    } catch {
      throw notJson();
    }
  }

  #take(form: RegExp): string {
    form.lastIndex = this.#at;
    const [taken = ""] = form.exec(this.#text) ?? [];
    this.#at += taken.length;
    return taken;
  }

  #skip(character: string): boolean {
    if (this.#text[this.#at] !== character) return false;
    this.#at++;
    return true;
  }

  #demand(character: string): void {
    if (!this.#skip(character)) throw notJson();
  }
}

function notJson(): JsonError {
  return new JsonError("it is not JSON");
}
