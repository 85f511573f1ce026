import { z } from "zod";
import { createdAtInstant } from "../../evidence/created_at.ts";
import type { NewBundle } from "../../evidence/model.ts";
import { DECISION_ID, EVIDENCE_TYPE, SHA256, VERSION } from "../../evidence/names.ts";
import { isJsonObject, type Json, type JsonObject } from "../../eventlog/json.ts";

/** Evidence as clients send it. */
export interface SentBundle {
  readonly decision_id: string;
  /** `decision` without it. */
  readonly evidence_type?: string;
  /** The next one without it. */
  readonly version?: string;
  /** A time of ISO 8601, in UTC where it names no zone; the time of the request without it. */
  readonly created_at?: string;
  /** The sender's own. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Any JSON. */
  readonly evidence_data: unknown;
  /** Of a correction: the checksum of the version that it takes the place of. */
  readonly corrects?: string;
}

/** Year of the earliest time that evidence can have been made. */
const FIRST_YEAR = 1970;

/** Of a member that clients may not write. */
const RESERVED = "previous";

/** What is sent, as JSON in which numbers keep their text. */
export const bundleBody = z.strictObject({
  decision_id: decisionId(),
  evidence_type: evidenceType().default("decision"),
  version: z.string().regex(VERSION, "must be 1 to 32 of A-Z, a-z, 0-9 and ._-").optional()
    .describe("Without it `1.0`, and the next one for a correction."),
  created_at: creationTime().optional().describe(
    "A time of ISO 8601, in UTC where it names no zone; the time of the request without it.",
  ),
  metadata: z.custom<JsonObject>(
    // What is checked here came out of a reader of JSON.
    (value) => isJsonObject(value as Json | undefined),
    { error: "must be an object", abort: true },
  ).refine(
    (metadata) => !Object.hasOwn(metadata, RESERVED),
    `must not have the name ${RESERVED}, which links a correction`,
  ).optional().meta({
    type: "object",
    propertyNames: { not: { const: RESERVED } },
    description: "The sender's own.",
  }),
  evidence_data: z.custom<Json>((value) => value !== undefined, "is required").meta({
    description: "Any JSON. Its numbers keep the text that they are written with.",
  }),
  corrects: z.string().regex(SHA256, "must be 64 digits of hex, lower case").optional().describe(
    "Of a correction: the checksum of the version that it takes the place of, the last one.",
  ),
}).meta({ id: "NewBundle" });

/** Evidence that is to be stored, as the evidence room takes it. */
export function newBundle(body: z.infer<typeof bundleBody>): NewBundle {
  return {
    decisionId: body.decision_id,
    evidenceType: body.evidence_type,
    version: body.version,
    createdAt: body.created_at,
    metadata: body.metadata ?? {},
    evidenceData: body.evidence_data,
    corrects: body.corrects,
  };
}

/** The id of a decision. */
export function decisionId() {
  return z.string().regex(
    DECISION_ID,
    "must be 1 to 128 of A-Z, a-z, 0-9 and ._:-, beginning with a letter or a digit",
  );
}

/** A type of evidence. */
export function evidenceType() {
  return z.string().regex(
    EVIDENCE_TYPE,
    "must be 1 to 64 of a-z, 0-9, _ and -, beginning with a letter or a digit",
  );
}

/** A time, as bundles have it. */
export function time() {
  return z.string().refine((text) => createdAtInstant(text) !== undefined, "must be a time").meta({
    format: "date-time",
    examples: ["2026-11-21T14:58:32.123456+00:00"],
  });
}

/** When evidence was made. */
function creationTime() {
  return time().refine(
    (text) => (createdAtInstant(text)?.getUTCFullYear() ?? 0) >= FIRST_YEAR,
    `must not be before ${FIRST_YEAR}`,
  ).meta({ pattern: "^(19[7-9]|[2-9])" });
}
