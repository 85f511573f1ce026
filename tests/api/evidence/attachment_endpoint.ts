/**
 * Attachments, links and uploads served by the API in this process, with a bucket whose links work.
 *
 * @module
 */
import assert from "node:assert/strict";
import { EvidenceStore } from "../../../src/evidence/evidence_store.ts";
import { LocalStore } from "../../../src/objectstore/local.ts";
import type { ObjectStore } from "../../../src/objectstore/object_store.ts";
import { SIGNER } from "../../evidence/attachment_room.ts";
import { type ServedObjects, serveObjects } from "../../evidence/served_objects.ts";
import { send } from "../evidence_endpoint.ts";
import { type LogEndpoint, type LogEndpointOptions, serveLog } from "../log_endpoint.ts";

/** What attachments of a test are served with. */
export interface AttachmentEndpointOptions extends LogEndpointOptions {
  readonly maxAttachment?: number;
  /** Days that every decision is kept. */
  readonly retainDays?: number;
}

/** Served attachments of the decision `d`. */
export interface AttachmentEndpoint extends LogEndpoint {
  /** Up to and with `/evidence/d`. */
  readonly decisionUrl: string;
  readonly objects: ObjectStore;
}

/** Serves evidence with the decision `d`. */
export async function serveAttachments(
  { maxAttachment, retainDays = 0, ...options }: AttachmentEndpointOptions = {},
): Promise<AttachmentEndpoint> {
  const parts: { objects?: ObjectStore; door?: ServedObjects } = {};
  const endpoint = await serveLog({
    ...options,
    api({ fixture, log }) {
      const objects = new LocalStore({
        storage: fixture.storage,
        bucket: "b",
        region: "us-east-1",
        credentials: SIGNER,
      });
      const door = serveObjects({ fixture });
      Object.assign(parts, { objects, door });
      const retention = { retainDays: new Map([["decision", retainDays]]) };
      const store = new EvidenceStore({ objects, sql: fixture.sql, log, retention });
      return { evidence: { store, linkEndpoint: () => door.endpoint, maxAttachment } };
    },
  });
  const evidenceUrl = `${endpoint.origin}/-/api/v1/evidence`;
  const bundle = { decision_id: "d", created_at: "2026-03-01T00:00:00Z", evidence_data: {} };
  const stored = await send("POST", evidenceUrl, bundle, token(options));
  assert.equal(stored.status, 201, stored.text);
  return {
    ...endpoint,
    decisionUrl: `${evidenceUrl}/d`,
    objects: parts.objects ?? assert.fail(),
    async [Symbol.asyncDispose]() {
      await parts.door?.[Symbol.asyncDispose]();
      await endpoint[Symbol.asyncDispose]();
    },
  };
}

/** The first token that is known, which may do everything. */
function token({ tokens: [first] = [] }: LogEndpointOptions): Record<string, string> {
  return first === undefined ? {} : { authorization: `Bearer ${first.token}` };
}

/** Stores an attachment. */
export async function put(
  { decisionUrl }: AttachmentEndpoint,
  name: string,
  content: BodyInit,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly json: Record<string, unknown> }> {
  const response = await fetch(`${decisionUrl}/attachments/${encodeURIComponent(name)}`, {
    method: "PUT",
    headers,
    body: content,
  });
  return { status: response.status, json: await response.json() };
}
