/**
 * Attachments over HTTP.
 *
 * @module
 */
import { type Context, Hono } from "hono";
import { z } from "zod";
import { DownloadWatch } from "../../s3api/download_watch.ts";
import type { ApiEnvironment } from "../environment.ts";
import { validPath, validQuery } from "../validated.ts";
import { attachmentJson, fileAnswer } from "./attachment_answer.ts";
import { attachmentPath, decodablePath, sentName } from "./attachment_path.ts";
import { decisionPath } from "./bundle_routes.ts";
import { EVIDENCE_PATH, type EvidenceRouteParts } from "./route_parts.ts";
import { sentBytes, sentType } from "./sent_attachment.ts";

/** What the routes stand on. */
export type AttachmentRoutesOptions = Pick<
  EvidenceRouteParts,
  "maxAttachment" | "patience" | "permit" | "store"
>;

/** Attachments of a page, unless `limit` says otherwise, and at most. */
const [PAGE, LARGEST_PAGE] = [100, 1_000];

/** Which attachments are listed. */
export const attachmentListQuery = z.object({
  cursor: sentName.optional().describe("`next_cursor` of the page before."),
  limit: z.string().regex(/^([1-9][0-9]{0,2}|1000)$/, `must be from 1 to ${LARGEST_PAGE}`)
    .optional().describe(`From 1 to ${LARGEST_PAGE}; ${PAGE} without it.`),
});

const LIST_PATH = `${EVIDENCE_PATH}/:decision_id/attachments` as const;
const ATTACHMENT_PATH = `${LIST_PATH}/:name` as const;

/** The routes. */
export function attachmentRoutes(
  { maxAttachment = Infinity, patience, permit, store }: AttachmentRoutesOptions,
) {
  const downloads = new DownloadWatch({ patience });
  return new Hono<ApiEnvironment>()
    .get(
      LIST_PATH,
      permit("ListAttachments", "evidence:read"),
      validPath(decisionPath),
      validQuery(attachmentListQuery),
      async (context) => {
        const { decision_id } = context.req.valid("param");
        const { cursor = "", limit = PAGE } = context.req.valid("query");
        const page = await store.listAttachments(decision_id, {
          after: cursor,
          limit: Number(limit),
        });
        context.header("cache-control", "no-store");
        return context.json({
          attachments: page.attachments.map(attachmentJson),
          next_cursor: page.next,
        });
      },
    )
    .put(
      ATTACHMENT_PATH,
      permit("PutAttachment", "evidence:write"),
      decodablePath,
      validPath(attachmentPath),
      async (context) => {
        const { decision_id: decisionId, name } = context.req.valid("param");
        const contentType = sentType(context.req.raw.headers);
        const { created, kept } = await store.putAttachment(
          { decisionId, name, contentType, actor: context.var.caller.name },
          sentBytes(context, maxAttachment),
        );
        return context.json(attachmentJson(kept), created ? 201 : 200);
      },
    )
    .get(
      ATTACHMENT_PATH,
      permit("GetAttachment", "evidence:read"),
      decodablePath,
      validPath(attachmentPath),
      async (context) => {
        const { decision_id, name } = context.req.valid("param");
        const kept = await store.findAttachment(decision_id, name);
        const { headers, length, range, status } = fileAnswer(kept, context.req.raw.headers);
        if (status === 304) return context.body(null, status, headers);
        if (context.req.method === "HEAD") {
          await store.checkAttachment(kept);
          return context.body(null, status, headers);
        }
        const signal = watched(downloads, context, length);
        return context.body(await store.readAttachment(kept, { range, signal }), status, headers);
      },
    )
    .delete(
      ATTACHMENT_PATH,
      permit("DeleteAttachment", "evidence:delete"),
      decodablePath,
      validPath(attachmentPath),
      async (context) => {
        const { decision_id, name } = context.req.valid("param");
        const { eventHash: event_hash, seq } = await store.removeAttachment(
          decision_id,
          name,
          context.var.caller.name,
        );
        return context.json({ seq, event_hash });
      },
    );
}

/** What ends a download that nobody takes; where routes are mounted elsewhere, their app sees to it. */
function watched(
  downloads: DownloadWatch,
  { env, req: { raw } }: Context<ApiEnvironment>,
  bytes: number,
): AbortSignal {
  const completed = env?.info?.completed;
  return completed === undefined
    ? raw.signal
    : downloads.begin(bytes, raw.signal, completed).signal;
}
