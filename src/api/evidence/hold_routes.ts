/**
 * Legal holds over HTTP.
 *
 * @module
 */
import { Hono } from "hono";
import { z } from "zod";
import type { Hold } from "../../evidence/model.ts";
import type { ApiEnvironment } from "../environment.ts";
import { ProblemError } from "../problem.ts";
import { validBody, validPath } from "../validated.ts";
import { decisionPath } from "./bundle_routes.ts";
import { EVIDENCE_PATH, type EvidenceRouteParts } from "./route_parts.ts";

const HOLD_PATH = `${EVIDENCE_PATH}/:decision_id/hold` as const;

/** No control characters, and no halves of characters. */
const ONE_LINE = /^[^\p{Cc}\p{Cs}]{1,1000}$/u;

/** Why evidence is held, as clients send it. */
export const holdBody = z.strictObject({
  reason: z.string().regex(ONE_LINE, "must be 1 to 1,000 characters, on one line").meta({
    // As everybody's regular expressions have it.
    pattern: "^[^\\u0000-\\u001f\\u007f-\\u009f]{1,1000}$",
    examples: ["Case 4711"],
  }),
}).meta({ id: "NewHold" });

/** A legal hold. */
export const holdJson = z.object({
  decision_id: z.string(),
  reason: z.string(),
  actor: z.string().describe("Who placed it."),
  placed_at: z.iso.datetime(),
}).meta({ id: "Hold" });

/** The routes, with their whole paths. */
export function holdRoutes({ maxJson, permit, store }: EvidenceRouteParts) {
  return new Hono<ApiEnvironment>()
    .put(
      HOLD_PATH,
      permit("HoldEvidence", "admin"),
      validPath(decisionPath),
      validBody<typeof holdBody, z.input<typeof holdBody>>(holdBody, maxJson),
      async (context) => {
        const { decision_id } = context.req.valid("param");
        const { reason } = context.req.valid("json");
        return context.json(answer(await store.hold(decision_id, reason, context.var.caller.name)));
      },
    )
    .get(
      HOLD_PATH,
      permit("GetHold", "evidence:read"),
      validPath(decisionPath),
      async (context) => {
        const { decision_id } = context.req.valid("param");
        const hold = await store.findHold(decision_id);
        if (hold === undefined) throw new ProblemError("noSuchHold", `${decision_id} is not held.`);
        return context.json(answer(hold));
      },
    )
    .delete(
      HOLD_PATH,
      permit("ReleaseEvidence", "admin"),
      validPath(decisionPath),
      async (context) => {
        await store.release(context.req.valid("param").decision_id, context.var.caller.name);
        return context.body(null, 204);
      },
    );
}

function answer({ actor, decisionId, placedAt, reason }: Hold): z.infer<typeof holdJson> {
  return { decision_id: decisionId, reason, actor, placed_at: placedAt.toISOString() };
}
