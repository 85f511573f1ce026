import { type Handler, Hono } from "hono";
import { says } from "../described.ts";
import type { ApiEnvironment } from "../environment.ts";
import { type OpenApiDocument, openApiDocument } from "./document.ts";
import { OPERATION_TEXTS } from "./operations.ts";
import { apiRoutesOf } from "./route_table.ts";

/** Where the document is. */
export const OPENAPI_PATH = "/-/api/v1/openapi.json";

/** The document that describes an app, for everybody: it says nothing that is not in the source. */
export function openApiRoutes(described: Hono<ApiEnvironment>): Hono<ApiEnvironment> {
  let document: OpenApiDocument | undefined;
  const answered = says<Handler<ApiEnvironment>>(
    (context) => {
      document ??= openApiDocument(apiRoutesOf(described), OPERATION_TEXTS);
      context.header("cache-control", "no-cache");
      return context.json(document);
    },
    { operation: "GetOpenApi" },
  );
  return new Hono<ApiEnvironment>().get(OPENAPI_PATH, answered);
}
