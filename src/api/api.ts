/**
 * The service's own API, and the pages that go with it: everything below `/-/`.
 *
 * @module
 */
import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import type { Sql } from "../metadata/sql.ts";
import type { Gate } from "../s3api/authentication.ts";
import { clientFinder } from "../s3api/client_address.ts";
import { splitTarget } from "../s3api/request_target.ts";
import { isUncontinued } from "../s3api/uncontinued.ts";
import type { RequestHandler } from "../telemetry/observed_requests.ts";
import type { ApiTokens } from "./api_tokens.ts";
import { withCors } from "./cors.ts";
import type { ApiEnvironment } from "./environment.ts";
import type { EvidenceRouteParts } from "./evidence/route_parts.ts";
import { LARGEST_JSON, routesOf } from "./evidence/routes.ts";
import { EventIndex } from "./log/event_index.ts";
import { eventRoutes, type EventRoutesOptions, LOG_PATH } from "./log/event_routes.ts";
import { EventReader } from "./log/event_reader.ts";
import { PROOF_PAGE, proofPage } from "./log/proof_page.ts";
import { proofRoutes } from "./log/proof_routes.ts";
import type { ServedLog } from "./log/served_log.ts";
import { refuseOtherMethods } from "./method_not_allowed.ts";
import { keepingAnswers } from "./once.ts";
import { openApiRoutes } from "./openapi/openapi_routes.ts";
import { openApiDocument } from "./openapi/document.ts";
import type { OpenApiDocument } from "./openapi/openapi_document.ts";
import { OPERATION_TEXTS } from "./openapi/operations.ts";
import { apiRoutesOf } from "./openapi/route_table.ts";
import { pageRoutes } from "./page/page_routes.ts";
import { permitKnown } from "./permit.ts";
import { ProblemError } from "./problem.ts";
import { RateLimit } from "./rate_limit.ts";
import type { ApiAccess } from "./scopes.ts";
import { tellProblems } from "./tell_problems.ts";

/** What the API is made of. */
export interface ApiOptions {
  readonly gate: Gate;
  readonly sql: Sql;
  readonly log: ServedLog;
  /** Who may do what. */
  readonly access: ApiAccess;
  /** Tokens besides the legacy one. */
  readonly tokens: ApiTokens;
  /** Evidence; absent where none is kept. */
  readonly evidence?: Pick<
    EvidenceRouteParts,
    "linkEndpoint" | "maxAttachment" | "publisher" | "store"
  >;
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
  app.notFound(({ req }) => {
    throw new ProblemError("notFound", `Nothing is served at ${req.path}.`);
  });
  return withCors(options.corsOrigins ?? [], async (request, info) => {
    const requestId = randomBytes(8).toString("hex").toUpperCase();
    info.facts.requestId = requestId;
    const response = await app.fetch(request, { info });
    if (isUncontinued(request) || info.facts.code === "requestTimeout") {
      response.headers.set("connection", "close");
    }
    response.headers.set("x-request-id", requestId);
    return response;
  });
}

/** The API of the log as a client made by `hc` knows it; that of evidence is `EvidenceApi`. */
export type LogApi = ReturnType<typeof logRoutes>;

function apiRoutes(options: ApiOptions): Hono<ApiEnvironment> {
  const { access, evidence, gate, limits, log, sql, tokens } = options;
  const reader = new EventReader(log, new EventIndex(sql, log));
  const permit = permitKnown({
    ...{ access, gate, tokens },
    rate: new RateLimit(limits?.requestsPerSecond),
    findClient: clientFinder(options.trustedProxies ?? []),
  });
  const once = keepingAnswers(sql);
  const patience = gate.stallTimeout;
  // The path is matched as it came; Hono's own idea of it would be a second one.
  const app = new Hono<ApiEnvironment>({ getPath: (request) => splitTarget(request.url).rawPath });
  app.route("/", logRoutes({ log, reader, permit, once, patience }));
  if (evidence !== undefined) {
    const maxJson = limits?.jsonBody ?? LARGEST_JSON;
    app.route("/", routesOf({ log, reader, permit, once, patience, maxJson, ...evidence }));
  }
  const document = describing(app);
  app.route("/", openApiRoutes(document));
  app.route("/", pageRoutes(document));
  refuseOtherMethods(app);
  tellProblems(app);
  return app;
}

/** The document that describes an app, made when it is first asked for. */
function describing(app: Hono<ApiEnvironment>): () => OpenApiDocument {
  let document: OpenApiDocument | undefined;
  return () => document ??= openApiDocument(apiRoutesOf(app), OPERATION_TEXTS);
}

function logRoutes(options: EventRoutesOptions) {
  return new Hono<ApiEnvironment>()
    .route(LOG_PATH, eventRoutes(options))
    .route(LOG_PATH, proofRoutes(options));
}
