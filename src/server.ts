/**
 * Everything that is served on the one port: the service's own paths, and the S3 API for the rest.
 *
 * @module
 */
import { Hono } from "hono";
import { ProblemError, type ProblemKind, problemResponse } from "./api/problem.ts";
import type { HealthReport } from "./health.ts";
import { hostOf, isVirtualHost, splitTarget } from "./s3api/request_target.ts";
import { METRICS_CONTENT_TYPE } from "./telemetry/aggregate.ts";
import { observed, type RequestHandler } from "./telemetry/observed_requests.ts";

/** What a server is made of. */
export interface ServerParts {
  readonly s3: RequestHandler;
  /** The service's own API, below `/-/`. */
  readonly api: RequestHandler;
  /** Looks at the database and the backends. */
  readonly health: () => Promise<HealthReport>;
  /** `server.domain`: below it, every path is a key. */
  readonly domain?: string;
  /** Where metrics are served, in Prometheus' text format; absent where they are not. */
  readonly metrics?: { readonly path: string; readonly text: () => Promise<string> };
}

/** No bucket's name can begin like this, so it is ours. */
const OWN_PREFIX = "/-/";

/** Makes the handler of all requests. */
export function createServer(parts: ServerParts): Deno.ServeHandler<Deno.NetAddr> {
  const own = ownRoutes(parts);
  const ownPaths = new Set(["/health", ...(parts.metrics ? [parts.metrics.path] : [])]);
  const [api, s3] = [observed(parts.api), observed(parts.s3)];
  return (request, info) => {
    const path = ownPath(request, parts.domain) ?? "";
    if (ownPaths.has(path)) return own.fetch(request);
    return isOfApi(path) ? api(request, info) : s3(request, info);
  };
}

/** Whether a request is for the service's own API, and not for that of S3. */
export function isForApi(request: Request, domain: string | undefined): boolean {
  return isOfApi(ownPath(request, domain) ?? "");
}

/** The path of a request as it came. */
export function rawPath(url: string): string {
  return splitTarget(url).rawPath;
}

/** The path as it came; `undefined` where all of it is a key. */
function ownPath(request: Request, domain: string | undefined): string | undefined {
  const target = splitTarget(request.url);
  return isVirtualHost(hostOf(request.headers, target), domain) ? undefined : target.rawPath;
}

function isOfApi(path: string): boolean {
  return path.startsWith(OWN_PREFIX);
}

function ownRoutes({ health, metrics }: ServerParts): Hono {
  // The path is matched as it came; Hono's own idea of it would be a second one.
  const app = new Hono({ getPath: (request) => rawPath(request.url) });
  app.get("/health", async (context) => {
    if (context.req.query("verbose") === undefined) return context.text("ok");
    const report = await health();
    return context.json(report, report.status === "ok" ? 200 : 503);
  });
  if (metrics !== undefined) {
    app.get(metrics.path, async (context) => {
      return context.body(await metrics.text(), 200, { "content-type": METRICS_CONTENT_TYPE });
    });
  }
  app.notFound(({ req }) => problem("notFound", `${req.method} is not for ${req.path}.`));
  app.onError(() => problem("internal", "The request could not be answered."));
  return app;
}

function problem(kind: ProblemKind, detail: string): Response {
  return problemResponse(new ProblemError(kind, detail));
}
