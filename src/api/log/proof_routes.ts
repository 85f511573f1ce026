/**
 * What is published of the log over HTTP: its checkpoint, and proofs. Hashes are base64.
 *
 * @module
 */
import { Hono } from "hono";
import { z } from "zod";
import { consistencyJson, inclusionJson } from "../../eventlog/tlog/proof_json.ts";
import type { PublishedLog } from "../../eventlog/tlog/published_log.ts";
import type { ApiEnvironment } from "../environment.ts";
import type { Permit } from "../permit.ts";
import { ProblemError } from "../problem.ts";
import { validQuery } from "../validated.ts";
import { seq } from "./event_query.ts";
import type { ServedLog } from "./served_log.ts";

/** What the routes stand on. */
export interface ProofRoutesOptions {
  readonly log: Pick<ServedLog, "published">;
  readonly permit: Permit;
}

const inclusionQuery = z.object({ seq: seq(), size: seq().optional() }).refine(
  ({ seq, size }) => size === undefined || seq < size,
  { path: ["size"], message: "must be greater than seq" },
);

const consistencyQuery = z.object({ from: seq(), to: seq().optional() }).refine(
  ({ from, to }) => to === undefined || from <= to,
  { path: ["to"], message: "must not be less than from" },
);

/** The routes, below the path of the log. */
export function proofRoutes({ log, permit }: ProofRoutesOptions) {
  return new Hono<ApiEnvironment>()
    .get("/checkpoint", permit("GetCheckpoint", "log:read"), async (context) => {
      const { note } = demand(await log.published());
      context.header("cache-control", "no-store");
      return context.text(note);
    })
    .get(
      "/proof/inclusion",
      permit("GetInclusionProof", "log:read"),
      validQuery(inclusionQuery),
      async (context) => {
        const { seq, size } = context.req.valid("query");
        const published = demand(await log.published(), size ?? seq + 1);
        return context.json(await inclusionJson(published, seq, size));
      },
    )
    .get(
      "/proof/consistency",
      permit("GetConsistencyProof", "log:read"),
      validQuery(consistencyQuery),
      async (context) => {
        const { from, to } = context.req.valid("query");
        const published = demand(await log.published(), to ?? from);
        return context.json(consistencyJson(published, await published.consistency(from, to)));
      },
    );
}

/** @param size what must be published at least */
function demand(published: PublishedLog | undefined, size = 0): PublishedLog {
  if (published === undefined) throw new ProblemError("notPublished", "The log is not published.");
  const { size: there } = published.checkpoint;
  if (size <= there) return published;
  const detail = `${there} events are published, not ${size}.`;
  throw new ProblemError("notPublished", detail, { published: there });
}
