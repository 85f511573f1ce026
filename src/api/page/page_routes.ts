/**
 * The API for people to read: made of the same document that programs read.
 *
 * @module
 */
import { Hono } from "hono";
import type { ApiEnvironment } from "../environment.ts";
import type { OpenApiDocument } from "../openapi/openapi_document.ts";
import { PROBLEM_PAGE } from "../problem.ts";
import { apiPage } from "./api_page.ts";
import { PAGE_HEADERS, STYLE_PATH } from "./layout.ts";
import style from "./page.css" with { type: "text" };
import { problemPage } from "./problem_page.ts";

/** Where the API is shown. */
export const API_PAGE = "/-/api/";

/** The pages, for everybody: they say nothing that is not in the source. */
export function pageRoutes(document: () => OpenApiDocument): Hono<ApiEnvironment> {
  return new Hono<ApiEnvironment>()
    .get(API_PAGE.slice(0, -1), (context) => context.redirect(API_PAGE, 308))
    .get(API_PAGE, (context) => context.html(apiPage(document()), 200, PAGE_HEADERS))
    .get(PROBLEM_PAGE, (context) => context.html(problemPage(), 200, PAGE_HEADERS))
    .get(
      STYLE_PATH,
      (context) => context.body(style, 200, { ...PAGE_HEADERS, "content-type": "text/css" }),
    );
}
