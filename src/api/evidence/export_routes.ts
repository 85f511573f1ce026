/**
 * Exports of evidence over HTTP: archives that can be verified without the service.
 *
 * @module
 */
import { Hono } from "hono";
import { z } from "zod";
import { EvidenceError } from "../../evidence/evidence_error.ts";
import type { EvidenceStore } from "../../evidence/evidence_store.ts";
import { archiveEntries } from "../../evidence/export/archive_entries.ts";
import {
  type ExportSources,
  MOST_DECISIONS,
  planExport,
} from "../../evidence/export/plan_export.ts";
import { tarStream } from "../../evidence/export/tar_stream.ts";
import type { KeptAttachment, KeptBundle } from "../../evidence/model.ts";
import type { FactOfObject } from "../../evidence/proof/evidence_fact.ts";
import type { AttachmentPage } from "../../evidence/read_attachment.ts";
import type { ApiEnvironment } from "../environment.ts";
import { takenStream } from "../log/taken_stream.ts";
import { ProblemError } from "../problem.ts";
import { validBody } from "../validated.ts";
import { decisionId, evidenceType, time } from "./bundle_body.ts";
import { pageOf } from "./bundle_query.ts";
import { jsonInteger } from "./json_integer.ts";
import { proofSources } from "./proof_routes.ts";
import { EVIDENCE_PATH, type EvidenceRouteParts } from "./route_parts.ts";

/** Versions that are looked up in the index at once. */
const PAGE = 1_000;

/** What is exported, as clients send it: decisions by their ids, or all for which all holds that is given. */
export interface SentExport {
  readonly decision_ids?: readonly string[];
  readonly type?: string;
  readonly year?: number;
  readonly month?: number;
  /** Created then or later. */
  readonly from?: string;
  /** Created before. */
  readonly to?: string;
}

/** What is exported. */
export const exportBody = z.strictObject({
  decision_ids: z.array(decisionId()).min(1).max(MOST_DECISIONS).optional()
    .describe("Also those that were deleted: then the archive has their events."),
  type: evidenceType().optional(),
  year: jsonInteger(0, 9_999).optional().describe("In UTC, as all of these."),
  month: jsonInteger(1, 12).optional().describe("Of this year where no year is named."),
  from: time().optional().describe("Created then or later."),
  to: time().optional().describe("Created before."),
}).refine(
  ({ decision_ids, ...more }) =>
    decision_ids === undefined || Object.values(more).every((value) => value === undefined),
  { path: ["decision_ids"], message: "must stand alone" },
).meta({ id: "NewExport" });

/** The routes, with their whole paths. */
export function exportRoutes(parts: EvidenceRouteParts) {
  const { maxJson, patience, permit, store } = parts;
  return new Hono<ApiEnvironment>().post(
    `${EVIDENCE_PATH}:export`,
    permit("ExportEvidence", "evidence:read"),
    validBody<typeof exportBody, SentExport>(exportBody, maxJson),
    async (context) => {
      const sources = exportSources(parts);
      const now = new Date();
      const selected = selection(store, context.req.valid("json"), now);
      const plan = await planExport(sources, selected);
      if (plan.events.length + plan.unlogged.length === 0) {
        throw new ProblemError("noSuchEvidence", "There is no such evidence to export.");
      }
      const rest = chunks(tarStream(archiveEntries(sources, plan), now));
      const stream = takenStream(await rest.next(), rest, patience, "an export of evidence");
      const [day = ""] = now.toISOString().split("T");
      return context.body(stream, 200, {
        "content-type": "application/x-tar",
        "content-disposition": `attachment; filename="evidence-${day}.tar"`,
        "cache-control": "no-store",
      });
    },
  );
}

function exportSources(parts: EvidenceRouteParts): ExportSources {
  const { publisher, ...sources } = proofSources(parts);
  const { reader, store } = parts;
  return {
    ...sources,
    objects: store.context.objects,
    publicKeyPem: publisher.publicKeyPem,
    async *recordsAt(seqs) {
      yield* await reader.at(seqs);
    },
    unlogged: (decisionId) => unlogged(store, decisionId),
  };
}

/** What the index has without an event: nothing where all was deleted, or there never was any. */
async function* unlogged(store: EvidenceStore, decisionId: string): AsyncGenerator<FactOfObject> {
  try {
    for await (const { event, key, sha256, size } of kept(store, decisionId)) {
      if (event === undefined) yield { key, sha256, size };
    }
  } catch (error) {
    const isNothing = error instanceof EvidenceError &&
      (error.kind === "notFound" || error.kind === "gone");
    if (!isNothing) throw error;
  }
}

async function* kept(
  store: EvidenceStore,
  decisionId: string,
): AsyncGenerator<KeptBundle | KeptAttachment> {
  yield* await store.versions(decisionId);
  for (let after: string | undefined = ""; after !== undefined;) {
    const page: AttachmentPage = await store.listAttachments(decisionId, { after, limit: PAGE });
    yield* page.attachments;
    after = page.next;
  }
}

async function* selection(
  store: EvidenceStore,
  body: z.infer<typeof exportBody>,
  now: Date,
): AsyncGenerator<string> {
  const { decision_ids, month, year, ...query } = body;
  if (decision_ids !== undefined) return yield* decision_ids;
  const page = pageOf({
    ...query,
    year: year?.toString().padStart(4, "0"),
    month: month?.toString(),
  }, now);
  for (let after = page.after;;) {
    const found = await store.list({ ...page, after, limit: PAGE });
    for (const { decisionId } of found) yield decisionId;
    after = found.at(-1);
    if (found.length < PAGE) return;
  }
}

async function* chunks(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  yield* stream;
}
