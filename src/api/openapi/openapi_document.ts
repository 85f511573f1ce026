/**
 * The form of the document that describes the API.
 * Source: OpenAPI Specification 3.1.1.
 *
 * @module
 */
import type { JsonSchema } from "./schemas.ts";

/** A document, as JSON. */
export interface OpenApiDocument {
  readonly openapi: "3.1.1";
  readonly info: Readonly<Record<string, unknown>>;
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  /** By path and method, in lower case. */
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: JsonSchema;
    readonly headers: JsonSchema;
  };
}

/** An operation in the document. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string | undefined;
  readonly tags: readonly string[];
  readonly security: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly OperationParameter[];
  readonly requestBody?: {
    readonly required: true;
    readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>>;
  } | undefined;
  readonly responses: Readonly<Record<string, AnswerJson>>;
}

/** A parameter of an operation. */
export interface OperationParameter {
  readonly in: "header" | "path" | "query";
  readonly name: string;
  readonly required: boolean;
  readonly description?: string | undefined;
  readonly schema: JsonSchema;
}

/** An answer in the document. */
export interface AnswerJson {
  readonly description: string;
  readonly headers: JsonSchema;
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> | undefined;
  readonly links?: JsonSchema | undefined;
}
