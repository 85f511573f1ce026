import { z } from "zod";
import { configSchema } from "./schema.ts";

/** The part of a JSON Schema that the reference shows. */
interface Described {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Described>>;
  readonly required?: readonly string[];
  readonly items?: Described;
  readonly oneOf?: readonly Described[];
}

/** Every key of the configuration as a Markdown table, generated from the schema. */
export function configReference(): string {
  // The schema is JSON Schema by construction; only the listed members of it are read.
  const schema = z.toJSONSchema(configSchema, { io: "input" }) as Described;
  return ["| key | type | default | meaning |", "|---|---|---|---|", ...rowsOf(schema, "")]
    .join("\n") + "\n";
}

function rowsOf(schema: Described, prefix: string): readonly string[] {
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => [
    ...(field.description === undefined
      ? []
      : [row(`${prefix}${name}`, field, required.has(name))]),
    ...within(field, `${prefix}${name}`),
  ]);
}

function within(field: Described, path: string): readonly string[] {
  if (field.properties !== undefined) return rowsOf(field, `${path}.`);
  if (field.items?.oneOf === undefined) return field.items ? rowsOf(field.items, `${path}[].`) : [];
  const rows = field.items.oneOf.flatMap((kind) => rowsOf(kind, `${path}[].`));
  return rows.filter((line, index) => rows.indexOf(line) === index);
}

function row(key: string, field: Described, required: boolean): string {
  return `| \`${key}\` | ${typeOf(field)} | ${defaultOf(field, required)} | ${
    (field.description ?? "").replaceAll("|", "\\|")
  } |`;
}

function typeOf({ type, enum: choices, const: only, items }: Described): string {
  if (only !== undefined) return `\`${only}\``;
  if (choices !== undefined) return choices.map((choice) => `\`${choice}\``).join(", ");
  if (items?.properties !== undefined || items?.oneOf !== undefined) return "list";
  if (items !== undefined) return `list of ${items.type}`;
  return { object: "section", string: "text" }[type ?? ""] ?? type ?? "text";
}

function defaultOf(field: Described, required: boolean): string {
  if (required) return "required";
  if (typeof field.default !== "string" || field.default === "") return "";
  return `\`${field.default}\``;
}
