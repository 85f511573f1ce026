import { z } from "zod";
import type { KeptBundle } from "../../evidence/model.ts";
import { DECISION_ID, EVIDENCE_TYPE, SHA256, VERSION } from "../../evidence/names.ts";

/** A version of the evidence for a decision, as the index has it. */
export const keptBundleJson = z.object({
  decision_id: z.string().regex(DECISION_ID),
  evidence_type: z.string().regex(EVIDENCE_TYPE),
  version: z.string().regex(VERSION),
  created_at: z.iso.datetime().describe("As the bundle says, in UTC."),
  stored_at: z.iso.datetime().describe("When it came in: retention counts from here."),
  key: z.string().describe("Of its object."),
  checksum: z.string().regex(SHA256).describe("SHA-256 of `evidence_data` in Python's form."),
  sha256: z.string().regex(SHA256).describe("Of the object's bytes."),
  size: z.int().min(0).describe("Bytes of the object."),
  seq: z.int().min(0).nullable().describe(
    "Place of its event in the log; `null` for what was found in the bucket and not in the log.",
  ),
  event_hash: z.string().regex(SHA256).nullable(),
}).meta({ id: "KeptBundle" });

/** A version of the evidence for a decision, as clients see it. */
export type KeptBundleJson = z.infer<typeof keptBundleJson>;

/** A bundle as it stands in its object. */
export const storedBundleJson = z.object({
  decision_id: z.string().regex(DECISION_ID),
  evidence_type: z.string().regex(EVIDENCE_TYPE),
  version: z.string().regex(VERSION),
  created_at: z.string().describe("A time of ISO 8601, in UTC where it names no zone."),
  checksum: z.string().regex(SHA256),
  metadata: z.record(z.string(), z.unknown()).optional(),
  evidence_data: z.unknown(),
}).meta({ id: "Bundle" });

/** A bundle as it stands in its object. */
export type BundleJson = z.infer<typeof storedBundleJson>;

/** A page of evidence. */
export const bundlePageJson = z.object({
  bundles: z.array(keptBundleJson),
  next_cursor: z.string().nullable().describe("For `cursor`; `null` where there are no more."),
}).meta({ id: "BundlePage" });

/** What a deletion answers. */
export const deletedBundleJson = z.object({
  decision_id: z.string().regex(DECISION_ID),
  events: z.array(z.object({ seq: z.int().min(0), event_hash: z.string().regex(SHA256) }))
    .describe("One for each object that is gone."),
}).meta({ id: "DeletedEvidence" });

/** A version of the evidence for a decision, for clients. */
export function bundleJson(kept: KeptBundle): KeptBundleJson {
  return {
    decision_id: kept.decisionId,
    evidence_type: kept.evidenceType,
    version: kept.version,
    created_at: kept.createdAt.toISOString(),
    stored_at: kept.storedAt.toISOString(),
    key: kept.key,
    checksum: kept.checksum,
    sha256: kept.sha256,
    size: kept.size,
    seq: kept.event?.seq ?? null,
    event_hash: kept.event?.eventHash ?? null,
  };
}
