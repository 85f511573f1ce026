/**
 * How the families of condition operators compare a value of a policy with one of a request.
 * Source: "IAM JSON policy elements: Condition operators" in the IAM user guide.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { parseDate } from "./date.ts";
import { isInRange, parseIpAddress, parseIpRange } from "./ip_range.ts";
import { compileWildcard, type PatternPart } from "./wildcard.ts";

/** Whether a value of a request matches; one of the wrong form matches nothing. */
export type ValueTest = (actual: string) => boolean;

/** Makes a test of a value in a policy; `undefined` where that value does not fit the operator. */
export interface Comparison {
  /** Whether the values may hold policy variables. */
  readonly takesVariables: boolean;
  readonly ignoresCase?: true;
  test(value: readonly PatternPart[]): ValueTest | undefined;
}

/** Compares texts as they are. */
export const sameText: Comparison = {
  takesVariables: true,
  test: (value) => {
    const expected = textOf(value);
    return (actual) => actual === expected;
  },
};

/** Compares texts without their case. */
export const sameTextIgnoringCase: Comparison = {
  takesVariables: true,
  ignoresCase: true,
  test: (value) => {
    const expected = textOf(value).toLowerCase();
    return (actual) => readLowerCase(actual) === expected;
  },
};

/** Compares with a pattern. */
export const likeText: Comparison = {
  takesVariables: true,
  test: (value) => compileWildcard(value),
};

/**
 * Compares ARNs, each of the six components with its own pattern, so that no `*` reaches over a
 * colon. The single `*` means every ARN.
 */
export const likeArn: Comparison = {
  takesVariables: true,
  test: (value) => {
    const [first] = value;
    const isAny = value.length === 1 && first?.text === "*" && !first.isLiteral;
    const patterns = isAny
      ? Array.from({ length: ARN_COMPONENTS }, () => value)
      : patternComponents(value);
    if (patterns.length < ARN_COMPONENTS) return undefined;
    const tests = patterns.map(compileWildcard);
    return (actual) => {
      const components = readArn(actual);
      return components !== undefined &&
        tests.every((matches, index) => matches(components[index] ?? ""));
    };
  },
};

/** Compares integers and decimals, as precise as a double. */
export function numbers(holds: (actual: number, expected: number) => boolean): Comparison {
  return ordered(readNumber, holds);
}

/** Compares points in time. */
export function dates(holds: (actual: number, expected: number) => boolean): Comparison {
  return ordered(readDate, holds);
}

/** Compares `true` and `false`, written in any case. */
export const sameTruth: Comparison = {
  takesVariables: false,
  test: (value) => {
    const expected = textOf(value).toLowerCase();
    if (expected !== "true" && expected !== "false") return undefined;
    return (actual) => readLowerCase(actual) === expected;
  },
};

/** Compares bytes, those of a policy in Base64; the bytes of a text are its UTF-8. */
export const sameBytes: Comparison = {
  takesVariables: false,
  test: (value) => {
    const expected = parseBase64(textOf(value));
    return expected === undefined ? undefined : (actual) => readBytes(actual) === expected;
  },
};

/** Whether an address is in a range. */
export const inIpRange: Comparison = {
  takesVariables: false,
  test: (value) => {
    const range = parseIpRange(textOf(value));
    if (range === undefined) return undefined;
    return (actual) => {
      const address = readIpAddress(actual);
      return address !== undefined && isInRange(address, range);
    };
  },
};

const ARN_COMPONENTS = 6;
const NUMBER = /^-?\d{1,300}(?:\.\d{1,300})?$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

// One decision compares one value of the request with many of the policy.
const readLowerCase = lastRead((text: string) => text.toLowerCase());
const readBytes = lastRead((text: string) => Buffer.from(text).toString("latin1"));
const readNumber = lastRead(parseNumber);
const readDate = lastRead(parseDate);
const readIpAddress = lastRead(parseIpAddress);
const readArn = lastRead((text: string) => {
  const components = splitArn(text);
  return components.length === ARN_COMPONENTS && components[0] === "arn" ? components : undefined;
});

function ordered(
  read: (text: string) => number | undefined,
  holds: (actual: number, expected: number) => boolean,
): Comparison {
  return {
    takesVariables: false,
    test: (value) => {
      const expected = read(textOf(value));
      if (expected === undefined) return undefined;
      return (text) => {
        const actual = read(text);
        return actual !== undefined && holds(actual, expected);
      };
    },
  };
}

/** A reader that does not read the same text twice in a row. */
function lastRead<T>(read: (text: string) => T): (text: string) => T {
  let last: { readonly text: string; readonly value: T } | undefined;
  return (text) => {
    if (last?.text !== text) last = { text, value: read(text) };
    return last.value;
  };
}

function textOf(value: readonly PatternPart[]): string {
  return value.map(({ text }) => text).join("");
}

function parseNumber(text: string): number | undefined {
  return NUMBER.test(text) ? Number(text) : undefined;
}

/** One character for each byte. */
function parseBase64(text: string): string | undefined {
  return BASE64.test(text) && text.length % 4 === 0 ? atob(text) : undefined;
}

/** The six components of an ARN, fewer where colons are missing; the last keeps its colons. */
function splitArn(text: string): readonly string[] {
  const components = text.split(":", ARN_COMPONENTS - 1);
  const length = components.reduce((sum, component) => sum + component.length + 1, 0);
  return length > text.length ? components : [...components, text.slice(length)];
}

/** The same of a pattern; a colon that a variable brought in separates nothing. */
function patternComponents(value: readonly PatternPart[]): readonly (readonly PatternPart[])[] {
  const components: PatternPart[][] = [[]];
  for (const part of value) {
    const texts = part.isLiteral ? [part.text] : part.text.split(":");
    for (const [index, text] of texts.entries()) {
      const isLast = components.length === ARN_COMPONENTS;
      if (index > 0 && !isLast) components.push([{ ...part, text }]);
      else components.at(-1)?.push({ ...part, text: index > 0 ? `:${text}` : text });
    }
  }
  return components;
}
