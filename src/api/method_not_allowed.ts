import type { Hono } from "hono";
import type { ApiEnvironment } from "./environment.ts";
import { ProblemError } from "./problem.ts";

/**
 * Refuses every other method at the paths of an app, once all its routes are there.
 * Source: RFC 9110, section 15.5.6.
 */
export function refuseOtherMethods(app: Hono<ApiEnvironment>): void {
  for (const [path, methods] of methodsByPath(app)) {
    const allow = [...methods].sort().join(", ");
    app.all(path, ({ req }) => {
      const detail = `${req.method} is not for ${req.path}.`;
      throw new ProblemError("methodNotAllowed", detail, {}, { allow });
    });
  }
}

function methodsByPath({ routes }: Hono<ApiEnvironment>): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { method, path } of routes) {
    if (method === "ALL") continue;
    const methods = found.get(path) ?? new Set();
    found.set(path, methods.add(method));
    // What answers GET answers HEAD.
    if (method === "GET") methods.add("HEAD");
  }
  return found;
}
