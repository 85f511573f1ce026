/**
 * What it takes to serve evidence in another app of Hono: the routes, and what they stand on.
 *
 * @module
 */
export { LogPublisher } from "../log/publishing.ts";
export { ServedLog } from "../log/served_log.ts";
export type { Actor } from "../caller.ts";
export type { Scope } from "../scopes.ts";
export { EvidenceStore } from "../../evidence/evidence_store.ts";
export { openLog } from "../../eventlog/open_log.ts";
export { SigningKey } from "../../eventlog/signing_key.ts";
export { openDatabase } from "../../metadata/connect.ts";
export { migrate } from "../../metadata/migrate.ts";
export { s3OptionsOf, S3Store } from "../../objectstore/s3.ts";
export { evidenceRoutes, type EvidenceRoutesOptions } from "./routes.ts";
