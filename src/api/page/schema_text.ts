import type { JsonSchema } from "../openapi/schemas.ts";

/** A member of what is sent or answered. */
export interface SchemaMember {
  readonly name: string;
  readonly required: boolean;
  readonly type: string;
  readonly description: string;
}

/** The named schemas of a document. */
export type NamedSchemas = Readonly<Record<string, JsonSchema>>;

/** The members of an object; of a list, those of its items. */
export function membersOf(schema: JsonSchema, named: NamedSchemas): readonly SchemaMember[] {
  const { anyOf, oneOf, properties, required } = resolved(schema, named);
  const choices = [...listOf(oneOf), ...listOf(anyOf)];
  if (choices.length > 0) return merged(choices.map((choice) => membersOf(choice, named)));
  const needed = new Set(Array.isArray(required) ? required : []);
  return Object.entries(isSchema(properties) ? properties : {}).flatMap(([name, member]) =>
    isSchema(member)
      ? [{
        name,
        required: needed.has(name),
        type: typeOf(member, named),
        description: said(member),
      }]
      : []
  );
}

/** What values are, in a few words. */
export function typeOf(schema: JsonSchema, named: NamedSchemas): string {
  const { $ref, anyOf, const: only, enum: values, format, items, oneOf, type } = schema;
  if (typeof $ref === "string") return $ref.split("/").at(-1) ?? $ref;
  if (only !== undefined) return JSON.stringify(only);
  if (Array.isArray(values)) {
    return values.length > 8 ? "string" : values.map((value) => JSON.stringify(value)).join(" | ");
  }
  const choices = [...listOf(oneOf), ...listOf(anyOf)];
  if (choices.length > 0) return choices.map((choice) => typeOf(choice, named)).join(" | ");
  if (type === "array") return `list of ${isSchema(items) ? typeOf(items, named) : "anything"}`;
  if (typeof format === "string" && format !== "date-time") return format;
  if (format === "date-time") return "time";
  return typeof type === "string" ? type : "anything";
}

/** The schema itself, where it only names one. */
function resolved(schema: JsonSchema, named: NamedSchemas): JsonSchema {
  const { $ref } = schema;
  if (typeof $ref !== "string") return schema;
  return named[$ref.split("/").at(-1) ?? ""] ?? {};
}

/** A member that not every choice has is not required. */
function merged(choices: readonly (readonly SchemaMember[])[]): readonly SchemaMember[] {
  const members = new Map(choices.flat().map((member) => [member.name, member]));
  return [...members.values()].map((member) => ({
    ...member,
    required: choices.every((choice) =>
      choices.length > 0 && choice.some(({ name, required }) => name === member.name && required)
    ),
  }));
}

function said({ description }: JsonSchema): string {
  return typeof description === "string" ? description : "";
}

function listOf(value: unknown): readonly JsonSchema[] {
  return Array.isArray(value) ? value.filter(isSchema) : [];
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
