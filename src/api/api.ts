/**
 * The service's own API, and the page that goes with it: everything below `/-/`.
 *
 * @module
 */
import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import type { Sql } from "../metadata/sql.ts";
import type { Gate } from "../s3api/authentication.ts";
import { splitTarget } from "../s3api/request_target.ts";
import { isUncontinued } from "../s3api/uncontinued.ts";
import { log } from "../telemetry/logs.ts";
import type { RequestHandler } from "../telemetry/observed_requests.ts";
import type { ApiEnvironment } from "./environment.ts";
import { EventIndex } from "./log/event_index.ts";
import { eventRoutes, LOG_PATH } from "./log/event_routes.ts";
import { EventReader } from "./log/event_reader.ts";
import { problemOfLog } from "./log/faults.ts";
import { type LogRights, permissions } from "./log/permissions.ts";
import { PROOF_PAGE, proofPage } from "./log/proof_page.ts";
import { proofRoutes } from "./log/proof_routes.ts";
import type { ServedLog } from "./log/served_log.ts";
import { ProblemError, problemResponse } from "./problem.ts";

/** What the API is made of. */
export interface ApiOptions {
  readonly gate: Gate;
  readonly sql: Sql;
  readonly log: ServedLog;
  readonly rights: LogRights;
}

/** Makes the handler of all requests to the API. */
export function createApi(options: ApiOptions): RequestHandler {
  const app = apiRoutes(options);
  app.get(`${PROOF_PAGE}*`, (context) => proofPage(context.req.path) ?? context.notFound());
  app.notFound((context) =>
    problemResponse(new ProblemError("notFound", `Nothing is served at ${context.req.path}.`))
  );
  return async (request, info) => {
    const requestId = randomBytes(8).toString("hex").toUpperCase();
    info.facts.requestId = requestId;
    const response = await app.fetch(request, { info });
    if (isUncontinued(request) || info.facts.code === "requestTimeout") {
      response.headers.set("connection", "close");
    }
    response.headers.set("x-request-id", requestId);
    return response;
  };
}

/** The API as a client made by `hc` knows it. */
export type Api = ReturnType<typeof apiRoutes>;

function apiRoutes({ gate, log: served, rights, sql }: ApiOptions) {
  const reader = new EventReader(served, new EventIndex(sql, served));
  const permit = permissions(gate, rights);
  // The path is matched as it came; Hono's own idea of it would be a second one.
  const app = new Hono<ApiEnvironment>({ getPath: (request) => splitTarget(request.url).rawPath });
  app.onError((error, context) => {
    const problem = toProblem(error);
    context.env.info.facts.code = problem.kind;
    return problemResponse(problem);
  });
  return app
    .route(LOG_PATH, eventRoutes({ log: served, reader, permit, patience: gate.stallTimeout }))
    .route(LOG_PATH, proofRoutes({ log: served, permit }));
}

/** What is not a client's fault, nor a known state of the service, is logged and never sent. */
function toProblem(error: Error): ProblemError {
  const problem = problemOfLog(error);
  if (problem instanceof ProblemError) return problem;
  log.error("a request failed", { error });
  return new ProblemError("internal", "The request could not be answered.");
}
