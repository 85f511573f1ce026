/**
 * Proofs about evidence over HTTP.
 *
 * @module
 */
import { Hono } from "hono";
import { z } from "zod";
import { DECISION_ID } from "../../evidence/names.ts";
import { buildProof, type ProofSources } from "../../evidence/proof/build_proof.ts";
import { EVIDENCE_PROOF } from "../../evidence/proof/evidence_proof.ts";
import type { ApiEnvironment } from "../environment.ts";
import { eventPageQuery } from "../log/event_query.ts";
import type { LogPublisher } from "../log/publishing.ts";
import { ProblemError } from "../problem.ts";
import { validPath, validQuery } from "../validated.ts";
import { decisionPath } from "./bundle_routes.ts";
import { eventsOfEvidence } from "./evidence_events.ts";
import { EVIDENCE_PATH, type EvidenceRouteParts } from "./route_parts.ts";

/** Most events of a proof, and as many as there are up to that without a limit. */
const MOST_EVENTS = 1_000;

/** The events about a decision with their proofs, and the bundles that they are about. */
export const evidenceProofJson = z.object({
  format: z.literal(EVIDENCE_PROOF),
  decision_id: z.string().regex(DECISION_ID),
  origin: z.string().describe("Name of the log. Trust comes from elsewhere."),
  verifier_key: z.string().describe(
    "Who signs the log: `name+keyid+key`. Trust comes from elsewhere.",
  ),
  checkpoint: z.string().describe("The signed note that all events are proven against."),
  from_seq: z.int().min(0).describe("Where events were looked for from."),
  next_from_seq: z.int().min(0).nullable().describe(
    "Where further events are to be looked for: the proof was cut. `null` where these are all.",
  ),
  events: z.array(z.object({
    seq: z.int().min(0),
    record: z.string().describe("Byte by byte as it is stored."),
    tlog_proof: z.string().describe("C2SP tlog-proof."),
  })).readonly(),
  bundles: z.array(z.object({
    key: z.string(),
    text: z.string().describe("The object's bytes."),
  })).readonly().describe("What these events have stored and is there yet."),
}).meta({ id: "EvidenceProof" });

/** The routes, with their whole paths. */
export function evidenceProofRoutes(parts: EvidenceRouteParts) {
  const { permit } = parts;
  return new Hono<ApiEnvironment>().get(
    `${EVIDENCE_PATH}/:decision_id/proof`,
    permit("GetEvidenceProof", "evidence:read"),
    validPath(decisionPath),
    validQuery(eventPageQuery),
    async (context) => {
      const { decision_id } = context.req.valid("param");
      const { fromSeq, limit = MOST_EVENTS } = context.req.valid("query");
      const proof = await buildProof(proofSources(parts), decision_id, { fromSeq, limit });
      context.header("cache-control", "no-store");
      return context.json(proof satisfies z.infer<typeof evidenceProofJson>);
    },
  );
}

/**
 * What proofs are made from.
 *
 * @throws {ProblemError} where nothing is signed
 */
export function proofSources(
  { publisher, reader, store }: Pick<EvidenceRouteParts, "publisher" | "reader" | "store">,
): ProofSources & { readonly publisher: LogPublisher } {
  if (publisher === undefined) {
    throw new ProblemError("notPublished", "No key is configured that signs the log.");
  }
  return {
    publisher,
    objects: store.context.objects,
    events: (decisionId, fromSeq, most) =>
      reader.read({ fromSeq, filter: eventsOfEvidence(decisionId) }, most),
    published: (size) => publisher.published(size),
    verifierKey: () => publisher.verifierKey(),
  };
}
