import type { Hono } from "hono";
import type { ApiEnvironment } from "./environment.ts";
import { problemResponse } from "./problem.ts";
import { toProblem } from "./to_problem.ts";

/** Has an app answer with a problem whatever goes wrong. */
export function tellProblems(app: Hono<ApiEnvironment>): void {
  app.onError((error, context) => {
    const problem = toProblem(error);
    // Where the routes are mounted in another app, nobody keeps facts.
    const facts = context.env?.info?.facts;
    if (facts !== undefined) facts.code = problem.kind;
    return problemResponse(problem, facts?.requestId);
  });
}
