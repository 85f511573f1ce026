/**
 * Links to evidence over HTTP: for whoever has them, and for a while.
 *
 * @module
 */
import { Hono } from "hono";
import { z } from "zod";
import { VERSION } from "../../evidence/names.ts";
import type { ApiEnvironment } from "../environment.ts";
import { validBody, validPath } from "../validated.ts";
import { sentName } from "./attachment_path.ts";
import { decisionPath } from "./bundle_routes.ts";
import { jsonInteger } from "./json_integer.ts";
import { EVIDENCE_PATH, type EvidenceRouteParts } from "./route_parts.ts";

/** What the routes stand on. */
export interface LinkRoutesOptions
  extends Pick<EvidenceRouteParts, "maxJson" | "once" | "permit" | "store"> {
  /** URL of the store as those reach it whom a link is for; the store's own without one. */
  readonly linkEndpoint: (request: Request) => string | undefined;
}

/** Seconds. Source: "Sharing objects with presigned URLs" in the Amazon S3 user guide. */
export const LONGEST_LIFE = 604_800;

/** What a client asks for. */
export const linkBody = z.strictObject({
  expires_in: jsonInteger(1, LONGEST_LIFE).describe("seconds"),
  method: z.enum(["GET", "HEAD"], "must be GET or HEAD: by no link is evidence changed")
    .default("GET"),
  attachment: sentName.optional().describe("the name of one; the bundle without it"),
  version: z.string().regex(VERSION, "must be a version").optional()
    .describe("of the bundle; the last one without it"),
}).refine(({ attachment, version }) => attachment === undefined || version === undefined, {
  path: ["version"],
  message: "must not be there with attachment, which has none",
});

/** How clients write it. */
export interface SentLink {
  readonly expires_in: number;
  readonly method?: "GET" | "HEAD";
  readonly attachment?: string;
  readonly version?: string;
}

/** A link. */
export const linkAnswer = z.object({
  url: z.url(),
  method: z.enum(["GET", "HEAD"]),
  expires_at: z.iso.datetime(),
});

/** The routes. */
export function linkRoutes({ linkEndpoint, maxJson, once, permit, store }: LinkRoutesOptions) {
  return new Hono<ApiEnvironment>().post(
    `${EVIDENCE_PATH}/:decision_id/links`,
    permit("ShareEvidence", "evidence:share"),
    validPath(decisionPath),
    once({ maxBody: maxJson }),
    validBody<typeof linkBody, SentLink>(linkBody, maxJson),
    async (context) => {
      const { decision_id: decisionId } = context.req.valid("param");
      const { attachment, expires_in: expiresIn, method, version } = context.req.valid("json");
      const link = await store.createLink({
        ...{ decisionId, method, expiresIn, attachment, version },
        actor: context.var.caller.name,
        endpoint: linkEndpoint(context.req.raw),
      });
      context.header("cache-control", "no-store");
      const { expiresAt, url } = link;
      return context.json({ url, method: link.method, expires_at: expiresAt.toISOString() }, 201);
    },
  );
}
