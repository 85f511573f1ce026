import { z } from "zod";

/** A schema of JSON. */
export type JsonSchema = Readonly<Record<string, unknown>>;

/** Where the document keeps schemas that have a name. */
const COMPONENTS = "#/components/schemas/";

/** Makes schemas of JSON out of those that requests are held to; those with an id are kept apart. */
export class Schemas {
  readonly #named = new Map<string, JsonSchema>();

  /** All that have an id. */
  get named(): Readonly<Record<string, JsonSchema>> {
    return Object.fromEntries([...this.#named].sort(([one], [other]) => one < other ? -1 : 1));
  }

  /**
   * A schema.
   *
   * @param io whether it is of what clients send, or of what they get
   */
  of(schema: z.ZodType, io: "input" | "output"): JsonSchema {
    const { $defs = {}, $schema: _, ...made } = z.toJSONSchema(schema, {
      io,
      // What no schema of JSON can say, the schema says in its `meta`.
      unrepresentable: "any",
    });
    for (const [name, named] of Object.entries($defs)) {
      this.#named.set(name, withReferences(named));
    }
    return withReferences(made);
  }

  /** The parameters that a schema of an object names, each with whether it is required. */
  parameters(schema: z.ZodType): readonly Parameter[] {
    const { properties, required = [] } = OBJECT.parse(this.of(schema, "input"));
    return Object.entries(properties).map(([name, { description, ...schema }]) => ({
      name,
      required: required.includes(name),
      description,
      schema,
    }));
  }
}

/** A parameter of a request. */
export interface Parameter {
  readonly name: string;
  readonly required: boolean;
  readonly description?: string | undefined;
  readonly schema: JsonSchema;
}

const OBJECT = z.object({
  properties: z.record(z.string(), z.looseObject({ description: z.string().optional() })),
  required: z.array(z.string()).optional(),
});

function withReferences(schema: object): JsonSchema {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/$defs/', `"$ref":"${COMPONENTS}`));
}
