/**
 * Uploads by browsers over HTTP: to the store itself, and then into the evidence.
 *
 * @module
 */
import { Hono } from "hono";
import { z } from "zod";
import { LARGEST_UPLOAD } from "../../evidence/uploads.ts";
import type { ApiEnvironment } from "../environment.ts";
import { validBody, validPath } from "../validated.ts";
import { attachmentJson } from "./attachment_answer.ts";
import { sentName } from "./attachment_path.ts";
import { decisionPath } from "./bundle_routes.ts";
import { jsonInteger } from "./json_integer.ts";
import { type LinkRoutesOptions, LONGEST_LIFE } from "./link_routes.ts";
import { EVIDENCE_PATH, type EvidenceRouteParts } from "./route_parts.ts";
import { CONTENT_TYPE_FORM, isContentType } from "./sent_attachment.ts";

/** What the routes stand on. */
export type UploadRoutesOptions =
  & LinkRoutesOptions
  & Pick<EvidenceRouteParts, "maxAttachment">;

/** How clients write what they ask for. */
export type SentUpload =
  & {
    readonly name: string;
    readonly content_type?: string;
    /** Seconds; an hour without it. */
    readonly expires_in?: number;
  }
  & (
    /** A form, with at most so many bytes. */
    | { readonly method: "POST"; readonly max_bytes: number }
    /** One request, with exactly so many bytes. */
    | { readonly method: "PUT"; readonly size: number }
  );

/** How a browser sends what it was let send. */
export const uploadAnswer = z.object({
  upload_id: z.uuid(),
  method: z.enum(["POST", "PUT"]),
  url: z.url(),
  fields: z.record(z.string(), z.string()).optional()
    .describe("of a form, before the file, which is the field `file`"),
  headers: z.record(z.string(), z.string()).optional().describe("of a request with PUT"),
  expires_at: z.iso.datetime(),
  complete: z.string().describe("the path to POST to when all has been sent"),
});

/** The parameters of an upload's path. */
export const uploadPath = decisionPath.extend({ upload_id: z.uuid("must be the id of an upload") });

/** Bytes of a body that says nothing. */
const NOTHING = 1_024;

const UPLOADS_PATH = `${EVIDENCE_PATH}/:decision_id/uploads` as const;

/** What a client asks for. */
export function uploadBody(maxAttachment: number) {
  const bytes = jsonInteger(0, Math.min(maxAttachment, LARGEST_UPLOAD));
  const shared = {
    name: sentName,
    content_type: z.string().refine(isContentType, "must be a content type")
      .meta(CONTENT_TYPE_FORM)
      .default("application/octet-stream"),
    expires_in: jsonInteger(1, LONGEST_LIFE).default(3_600).describe("seconds"),
  };
  return z.discriminatedUnion("method", [
    z.strictObject({ ...shared, method: z.literal("POST"), max_bytes: bytes }),
    z.strictObject({ ...shared, method: z.literal("PUT"), size: bytes }),
  ], "method must be POST, for a form, or PUT");
}

/** The routes. */
export function uploadRoutes(
  { linkEndpoint, maxAttachment = Infinity, maxJson, once, permit, store }: UploadRoutesOptions,
) {
  const body = uploadBody(maxAttachment);
  return new Hono<ApiEnvironment>()
    .post(
      UPLOADS_PATH,
      permit("CreateUpload", "evidence:write"),
      validPath(decisionPath),
      once({ maxBody: maxJson }),
      validBody<typeof body, SentUpload>(body, maxJson),
      async (context) => {
        const { decision_id: decisionId } = context.req.valid("param");
        const sent = context.req.valid("json");
        const { expiresAt, uploadId, ...granted } = await store.createUpload({
          decisionId,
          name: sent.name,
          contentType: sent.content_type,
          maxBytes: sent.method === "PUT" ? sent.size : sent.max_bytes,
          method: sent.method,
          expiresIn: sent.expires_in,
          actor: context.var.caller.name,
          endpoint: linkEndpoint(context.req.raw),
        });
        context.header("cache-control", "no-store");
        return context.json({
          upload_id: uploadId,
          ...granted,
          expires_at: expiresAt.toISOString(),
          complete: `${EVIDENCE_PATH}/${decisionId}/uploads/${uploadId}/complete`,
        }, 201);
      },
    )
    .post(
      `${UPLOADS_PATH}/:upload_id/complete`,
      permit("CompleteUpload", "evidence:write"),
      validPath(uploadPath),
      once({ maxBody: NOTHING }),
      async (context) => {
        const { decision_id: decisionId, upload_id: uploadId } = context.req.valid("param");
        const actor = context.var.caller.name;
        const { created, kept } = await store.completeUpload({ decisionId, uploadId, actor });
        return context.json(attachmentJson(kept), created ? 201 : 200);
      },
    );
}
