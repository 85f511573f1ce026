/**
 * Evidence over HTTP: for this service, and for any other app of Hono.
 *
 * @module
 */
import { Hono } from "hono";
import type { EvidenceStore } from "../../evidence/evidence_store.ts";
import type { ApiEnvironment } from "../environment.ts";
import { EventIndex } from "../log/event_index.ts";
import { EventReader } from "../log/event_reader.ts";
import type { ServedLog } from "../log/served_log.ts";
import { refuseOtherMethods } from "../method_not_allowed.ts";
import { keepingAnswers } from "../once.ts";
import { permitActors } from "../permit.ts";
import { tellProblems } from "../tell_problems.ts";
import { attachmentRoutes } from "./attachment_routes.ts";
import { bundleRoutes } from "./bundle_routes.ts";
import { exportRoutes } from "./export_routes.ts";
import { holdRoutes } from "./hold_routes.ts";
import { evidenceProofRoutes } from "./proof_routes.ts";
import { linkRoutes } from "./link_routes.ts";
import type { EvidenceRouteParts } from "./route_parts.ts";
import { statsRoutes } from "./stats_routes.ts";
import { uploadRoutes } from "./upload_routes.ts";

/** What the routes stand on; what is left open is as {@link evidenceRoutes} says. */
export type EvidenceRoutesOptions =
  & Partial<EvidenceRouteParts>
  & { readonly store: EvidenceStore; readonly log: ServedLog };

/** Most bytes of a body of JSON. */
export const LARGEST_JSON = 1_024 ** 2;

/** Milliseconds in which a client has to take some of what is sent. */
const PATIENCE = 60_000;

/** The API of evidence as a client made by `hc` knows it. */
export type EvidenceApi = ReturnType<typeof routesOf>;

/**
 * The routes with their whole paths, to be mounted in another app: `app.route("/", evidenceRoutes({
 * store, log }))`. Who sends a request is for that app to find out, and to say before they are reached:
 * `context.set("actor", { name, scopes })`. Whoever has no actor is refused.
 */
export function evidenceRoutes({ log, store, ...options }: EvidenceRoutesOptions): EvidenceApi {
  const { sql } = store.context;
  const app = routesOf({
    reader: new EventReader(log, new EventIndex(sql, log)),
    permit: permitActors(),
    once: keepingAnswers(sql),
    maxJson: LARGEST_JSON,
    patience: PATIENCE,
    linkEndpoint: () => undefined,
    ...options,
    store,
    log,
  });
  refuseOtherMethods(app);
  tellProblems(app);
  return app;
}

/** All routes, for an app that sees to the rest. */
export function routesOf(parts: EvidenceRouteParts) {
  return new Hono<ApiEnvironment>()
    .route("/", bundleRoutes(parts))
    .route("/", statsRoutes(parts))
    .route("/", holdRoutes(parts))
    .route("/", evidenceProofRoutes(parts))
    .route("/", exportRoutes(parts))
    .route("/", attachmentRoutes(parts))
    .route("/", linkRoutes(parts))
    .route("/", uploadRoutes(parts));
}
