/**
 * Evidence served by the API in this process, over a storage room of its own.
 *
 * @module
 */
import { EvidenceStore } from "../../src/evidence/evidence_store.ts";
import { ensureBuckets } from "../../src/metadata/buckets.ts";
import { LocalStore } from "../../src/objectstore/local.ts";
import type { ObjectStore } from "../../src/objectstore/object_store.ts";
import {
  type LogAnswer,
  type LogEndpoint,
  type LogEndpointOptions,
  serveLog,
} from "./log_endpoint.ts";

/** What evidence of a test is served with. */
export interface EvidenceEndpointOptions extends LogEndpointOptions {
  /** Days by type of evidence; nothing has to be kept without it. */
  readonly retainDays?: Readonly<Record<string, number>>;
  /** Stands between evidence and its objects: for faults. */
  readonly wrapObjects?: (objects: ObjectStore) => ObjectStore;
}

/** Served evidence. */
export interface EvidenceEndpoint extends LogEndpoint {
  /** Up to and with `/evidence`. */
  readonly evidenceUrl: string;
  readonly store: EvidenceStore;
}

/** The bucket of the evidence. */
export const BUCKET = "holdfast-evidence";

/** Serves evidence, and the log with it. */
export async function serveEvidence(
  { retainDays = {}, wrapObjects = (objects) => objects, ...options }: EvidenceEndpointOptions = {},
): Promise<EvidenceEndpoint> {
  const opened = Promise.withResolvers<EvidenceStore>();
  const endpoint = await serveLog({
    ...options,
    async api(parts) {
      const { fixture: { sql, storage }, log } = parts;
      await ensureBuckets(sql, [BUCKET]);
      const objects = wrapObjects(new LocalStore({ storage, bucket: BUCKET, region: "us-east-1" }));
      const retention = { retainDays: new Map(Object.entries(retainDays)) };
      const store = new EvidenceStore({ objects, sql, log, retention });
      opened.resolve(store);
      const evidence = { store, linkEndpoint: () => undefined };
      return { evidence, ...await options.api?.(parts) };
    },
  });
  return {
    ...endpoint,
    evidenceUrl: `${endpoint.origin}/-/api/v1/evidence`,
    store: await opened.promise,
  };
}

/** A request, with a body of JSON where there is one. */
export async function send(
  method: string,
  url: string,
  body?: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<LogAnswer> {
  const response = await fetch(url, {
    method,
    headers: body === undefined ? headers : { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const text = await response.text();
  const { headers: answered, status } = response;
  return { status, headers: answered, text, json: () => JSON.parse(text) };
}
