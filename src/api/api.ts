/**
 * The service's own API, and the pages that go with it: everything below `/-/`.
 *
 * @module
 */
import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import type { Sql } from "../metadata/sql.ts";
import type { Gate } from "../s3api/authentication.ts";
import { splitTarget } from "../s3api/request_target.ts";
import { isUncontinued } from "../s3api/uncontinued.ts";
import type { RequestHandler } from "../telemetry/observed_requests.ts";
import type { ApiTokens } from "./api_tokens.ts";
import type { ApiEnvironment } from "./environment.ts";
import { EventIndex } from "./log/event_index.ts";
import { eventRoutes, LOG_PATH } from "./log/event_routes.ts";
import { EventReader } from "./log/event_reader.ts";
import { PROOF_PAGE, proofPage } from "./log/proof_page.ts";
import { proofRoutes } from "./log/proof_routes.ts";
import type { ServedLog } from "./log/served_log.ts";
import { permitKnown } from "./permit.ts";
import { ProblemError, problemResponse } from "./problem.ts";
import type { ApiAccess } from "./scopes.ts";
import { toProblem } from "./to_problem.ts";

/** What the API is made of. */
export interface ApiOptions {
  readonly gate: Gate;
  readonly sql: Sql;
  readonly log: ServedLog;
  /** Who may do what. */
  readonly access: ApiAccess;
  /** Tokens besides the legacy one. */
  readonly tokens: ApiTokens;
  readonly limits?: ApiLimits;
  /** Origins whose pages may use the API; none without it. */
  readonly corsOrigins?: readonly string[];
  /** Addresses and CIDR ranges of proxies whose word is taken for where a request comes from. */
  readonly trustedProxies?: readonly string[];
}

/** Bounds of what clients may send. */
export interface ApiLimits {
  /** Most bytes of a body of JSON; 1 MiB without it. */
  readonly jsonBody?: number;
  /** Of one credential, or of one address without one; 0, and nothing: as many as come. */
  readonly requestsPerSecond?: number;
}

/** Makes the handler of all requests to the API. */
export function createApi(options: ApiOptions): RequestHandler {
  const app = apiRoutes(options);
  app.get(`${PROOF_PAGE}*`, (context) => proofPage(context.req.path) ?? context.notFound());
  app.notFound((context) => {
    const problem = new ProblemError("notFound", `Nothing is served at ${context.req.path}.`);
    return problemResponse(problem, context.env.info?.facts.requestId);
  });
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

function apiRoutes({ access, gate, log: served, sql, tokens }: ApiOptions) {
  const reader = new EventReader(served, new EventIndex(sql, served));
  const permit = permitKnown({ gate, tokens, access });
  // The path is matched as it came; Hono's own idea of it would be a second one.
  const app = new Hono<ApiEnvironment>({ getPath: (request) => splitTarget(request.url).rawPath });
  app.onError((error, context) => {
    const problem = toProblem(error);
    const facts = context.env.info?.facts;
    if (facts !== undefined) facts.code = problem.kind;
    return problemResponse(problem, facts?.requestId);
  });
  return app
    .route(LOG_PATH, eventRoutes({ log: served, reader, permit, patience: gate.stallTimeout }))
    .route(LOG_PATH, proofRoutes({ log: served, permit }));
}
