/**
 * Bundles of evidence over HTTP.
 *
 * @module
 */
import { type Context, Hono, type TypedResponse } from "hono";
import { z } from "zod";
import { VERSION } from "../../evidence/names.ts";
import type { ReadBundle } from "../../evidence/model.ts";
import { matchesEntityTag } from "../../s3api/entity_tag.ts";
import type { ApiEnvironment } from "../environment.ts";
import { eventPageQuery, pageSize } from "../log/event_query.ts";
import { answerPage } from "../log/record_json.ts";
import { ProblemError } from "../problem.ts";
import { validBody, validPath, validQuery } from "../validated.ts";
import { bundleBody, decisionId, newBundle, type SentBundle } from "./bundle_body.ts";
import { type BundleJson, bundleJson } from "./bundle_json.ts";
import { bundleQuery, cursorBehind, pageOf } from "./bundle_query.ts";
import { eventsOfEvidence } from "./evidence_events.ts";
import { EVIDENCE_PATH, type EvidenceRouteParts } from "./route_parts.ts";

/** A path with the id of a decision. */
export const decisionPath = z.object({ decision_id: decisionId() });

const versionQuery = z.object({
  version: z.string().regex(VERSION, "must be 1 to 32 of A-Z, a-z, 0-9 and ._-").optional()
    .describe("The last one without it."),
});

/** The routes, with their whole paths. */
export function bundleRoutes({ maxJson, once, permit, reader, store }: EvidenceRouteParts) {
  return new Hono<ApiEnvironment>()
    .post(
      EVIDENCE_PATH,
      permit("StoreEvidence", "evidence:write"),
      once({ maxBody: maxJson }),
      validBody<typeof bundleBody, SentBundle>(bundleBody, maxJson),
      async (context) => {
        const bundle = newBundle(context.req.valid("json"));
        const { created, kept } = await store.store(bundle, context.var.caller.name);
        const version = `version=${encodeURIComponent(kept.version)}`;
        context.header("location", `${EVIDENCE_PATH}/${kept.decisionId}?${version}`);
        return context.json(bundleJson(kept), created ? 201 : 200);
      },
    )
    .get(
      EVIDENCE_PATH,
      permit("ListEvidence", "evidence:read"),
      validQuery(bundleQuery),
      async (context) => {
        const { limit, ...page } = pageOf(context.req.valid("query"), new Date());
        const found = await store.list({ ...page, limit: limit + 1 });
        const bundles = found.slice(0, limit);
        const last = found.length > limit ? bundles.at(-1) : undefined;
        context.header("cache-control", "no-store");
        return context.json({
          bundles: bundles.map(bundleJson),
          next_cursor: last === undefined ? null : cursorBehind(last),
        });
      },
    )
    .get(
      `${EVIDENCE_PATH}/:decision_id`,
      permit("GetEvidence", "evidence:read"),
      validPath(decisionPath),
      validQuery(versionQuery),
      async (context) => {
        const { decision_id } = context.req.valid("param");
        return answerBundle(
          context,
          await store.read(decision_id, context.req.valid("query").version),
        );
      },
    )
    .delete(
      `${EVIDENCE_PATH}/:decision_id`,
      permit("DeleteEvidence", "evidence:delete"),
      validPath(decisionPath),
      async (context) => {
        const { decision_id } = context.req.valid("param");
        const events = await store.remove(decision_id, context.var.caller.name);
        return context.json({
          decision_id,
          events: events.map(({ eventHash, seq }) => ({ seq, event_hash: eventHash })),
        });
      },
    )
    .get(
      `${EVIDENCE_PATH}/:decision_id/history`,
      permit("GetEvidenceHistory", "evidence:read"),
      validPath(decisionPath),
      validQuery(eventPageQuery),
      async (context) => {
        const { decision_id } = context.req.valid("param");
        const query = context.req.valid("query");
        const { fromSeq } = query;
        const filter = eventsOfEvidence(decision_id);
        const page = await reader.page({ fromSeq, filter }, pageSize(query));
        if (page.records.length === 0 && fromSeq === 0) {
          throw new ProblemError("noSuchEvidence", `Nothing has happened to ${decision_id}.`);
        }
        return answerPage(context, page);
      },
    );
}

/** The stored bytes, which are those that the event is about. */
function answerBundle(
  context: Context<ApiEnvironment>,
  { kept, text }: ReadBundle,
): TypedResponse<BundleJson, 200, "json"> {
  const headers = {
    etag: `"${kept.sha256}"`,
    "cache-control": "private, no-cache",
    "evidence-checksum": kept.checksum,
    "evidence-version": kept.version,
    ...kept.event === undefined ? {} : { "evidence-seq": String(kept.event.seq) },
  };
  const known = context.req.header("if-none-match");
  const response = known !== undefined && matchesEntityTag(known, kept.sha256)
    ? context.body(null, 304, headers)
    : context.body(text, 200, { ...headers, "content-type": "application/json" });
  // Hono knows the type of a body only where it writes it.
  return response as unknown as TypedResponse<BundleJson, 200, "json">;
}
