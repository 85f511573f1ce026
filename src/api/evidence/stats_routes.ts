/**
 * How much is kept, over HTTP.
 *
 * @module
 */
import { Hono } from "hono";
import { z } from "zod";
import type { ApiEnvironment } from "../environment.ts";
import { EVIDENCE_PATH, type EvidenceRouteParts } from "./route_parts.ts";

/** What the bucket of evidence holds. */
export const statsJson = z.object({
  backend: z.enum(["local", "s3"]).describe("Where it is: in this service, or in another store."),
  bucket: z.string(),
  region: z.string(),
  object_count: z.int().min(0),
  total_size: z.int().min(0).describe("Bytes."),
}).meta({ id: "EvidenceStats" });

/** The route, with its whole path. */
export function statsRoutes({ permit, store }: EvidenceRouteParts) {
  return new Hono<ApiEnvironment>().get(
    `${EVIDENCE_PATH}:stats`,
    permit("GetEvidenceStats", "admin"),
    async (context) => {
      const stats = await store.context.objects.getStats({ signal: context.req.raw.signal });
      context.header("cache-control", "no-store");
      return context.json(statsJson.parse(stats));
    },
  );
}
