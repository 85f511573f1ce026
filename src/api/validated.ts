/**
 * Holds what clients send to a schema.
 *
 * @module
 */
import { zValidator } from "@hono/zod-validator";
import type { MiddlewareHandler } from "hono";
import type { z } from "zod";
import { isJsonObject, JsonError, parseJson } from "../eventlog/json.ts";
import { says } from "./described.ts";
import type { ApiEnvironment } from "./environment.ts";
import { ProblemError } from "./problem.ts";

/** The parameters of a query. Those that the schema does not name may be those of a signature. */
export function validQuery<Schema extends z.ZodType>(schema: Schema) {
  const validator = zValidator("query", schema, (result) => {
    if (!result.success) throw invalid(result.error);
  });
  return says(validator, { query: schema });
}

/** The parameters of a path. */
export function validPath<Schema extends z.ZodType>(schema: Schema) {
  const validator = zValidator("param", schema, (result) => {
    if (!result.success) throw invalid(result.error);
  });
  return says(validator, { parameters: schema });
}

/**
 * The body, as JSON in which every number keeps its text; `Sent` is how clients write it. To be used
 * behind the middleware that finds out who sends the request.
 *
 * @param maxBytes of the body
 */
export function validBody<Schema extends z.ZodType, Sent>(
  schema: Schema,
  maxBytes: number,
): MiddlewareHandler<
  ApiEnvironment,
  string,
  { in: { json: Sent }; out: { json: z.infer<Schema> } }
> {
  const validator: ReturnType<typeof validBody<Schema, Sent>> = async (context, next) => {
    demandJson(context.req.header("content-type"));
    const bytes = await context.var.caller.body(maxBytes);
    const body = json(bytes);
    // To a schema a number that keeps its text would be an object.
    const result = schema.safeParse(isJsonObject(body) ? body : null);
    if (!result.success) throw invalid(result.error);
    // Hono's type is that of what it would have read itself.
    context.req.addValidatedData("json", result.data as object);
    await next();
  };
  return says(validator, { body: schema, maxBody: maxBytes });
}

/** A page of another site can make a browser send other types without asking first. */
function demandJson(type = ""): void {
  if (/^application\/([^;\s]+\+)?json\s*(;|$)/i.test(type)) return;
  throw new ProblemError("unsupportedMediaType", "The body must be application/json.");
}

function json(bytes: Uint8Array) {
  try {
    return parseJson(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    const said = error instanceof JsonError ? error.message : "it is not UTF-8";
    throw new ProblemError("badRequest", `The body cannot be read: ${said}.`);
  }
}

function invalid(error: z.core.$ZodError): ProblemError {
  const errors = error.issues.map((issue) => ({
    field: issue.path.map(String).join("."),
    detail: issue.message,
  }));
  const [first] = errors;
  const where = first === undefined || first.field === "" ? "" : `${first.field}: `;
  return new ProblemError("invalidRequest", `${where}${first?.detail ?? "it is not valid"}`, {
    errors,
  });
}
