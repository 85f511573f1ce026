import type { LogRecord } from "@logtape/logtape";

/** The part of a log record that is written. */
export type LogLine = Pick<LogRecord, "timestamp" | "level" | "message" | "properties">;

/** A record as one line of JSON. Properties stand beside the message. */
export function jsonLine(record: LogLine): string {
  const { properties } = record;
  const line = {
    time: new Date(record.timestamp).toISOString(),
    level: record.level,
    message: messageOf(record),
    ...properties,
  };
  // A replacer costs more than all the rest, and a line per request needs none.
  return JSON.stringify(line, Object.values(properties).some(isObject) ? withErrors : undefined);
}

/** A record as a person reads it, with colours on a terminal. */
export function textLine(record: LogLine, colours: boolean): string {
  const paint = colours ? painted : plain;
  const time = paint("dim", new Date(record.timestamp).toISOString().slice(11, 23));
  const level = paint(record.level, LEVELS[record.level]);
  const properties = Object.entries(record.properties)
    .filter(([, value]) => value !== "" && value !== undefined)
    .map(([name, value]) => `${paint("dim", `${name}=`)}${readable(value)}`);
  return [time, level, messageOf(record), ...properties].join(" ");
}

const LEVELS: Readonly<Record<LogRecord["level"], string>> = {
  trace: "TRACE",
  debug: "DEBUG",
  info: "INFO ",
  warning: "WARN ",
  error: "ERROR",
  fatal: "FATAL",
};

type Colour = LogRecord["level"] | "dim";

/** Source: ECMA-48, "Select Graphic Rendition". */
const COLOURS: Readonly<Record<Colour, number>> = {
  dim: 2,
  trace: 2,
  debug: 36,
  info: 32,
  warning: 33,
  error: 31,
  fatal: 31,
};

function painted(colour: Colour, text: string): string {
  return `\x1b[${COLOURS[colour]}m${text}\x1b[0m`;
}

function plain(_colour: Colour, text: string): string {
  return text;
}

function messageOf({ message }: LogLine): string {
  return message.length === 1
    ? String(message[0])
    : message.map((part) => typeof part === "string" ? part : readable(part)).join("");
}

/** Control characters, in a key for instance, must not reach a terminal as they are. */
function readable(value: unknown): string {
  if (value instanceof Error) return quoted(value.stack ?? String(value));
  if (typeof value === "string" && /^[\w./:@+-]*$/.test(value)) return value;
  return quoted(value);
}

/** What JSON leaves as it is and terminals obey: C1 controls, separators, directions of writing. */
const OBEYED = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

function quoted(value: unknown): string {
  return (JSON.stringify(value, withErrors) ?? "").replace(
    OBEYED,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function isObject(value: unknown): boolean {
  return typeof value === "object" || typeof value === "bigint";
}

function withErrors(_name: string, value: unknown): unknown {
  if (value instanceof Error) {
    const { name, message, stack, cause } = value;
    return { name, message, stack, ...(cause === undefined ? undefined : { cause }) };
  }
  return typeof value === "bigint" ? String(value) : value;
}
