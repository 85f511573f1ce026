import { type Handler, Hono } from "hono";
import { says } from "../described.ts";
import type { ApiEnvironment } from "../environment.ts";
import type { OpenApiDocument } from "./openapi_document.ts";

/** Where the document is. */
export const OPENAPI_PATH = "/-/api/v1/openapi.json";

/** The document that describes the API, for everybody: it says nothing that is not in the source. */
export function openApiRoutes(document: () => OpenApiDocument): Hono<ApiEnvironment> {
  const answered = says<Handler<ApiEnvironment>>(
    (context) => context.json(document(), 200, { "cache-control": "no-cache" }),
    { operation: "GetOpenApi" },
  );
  return new Hono<ApiEnvironment>().get(OPENAPI_PATH, answered);
}
