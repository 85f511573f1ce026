import { z } from "zod";
import { isJsonObject, type Json, JsonNumber, type JsonObject } from "../../eventlog/json.ts";
import { LARGEST_RECORD } from "../../eventlog/record.ts";
import { EVIDENCE_EVENT_TYPES, isEvidenceEventType } from "../evidence/evidence_events.ts";

/** An event as clients send it. */
export interface SentEvent {
  readonly type: string;
  readonly aggregate_id: string;
  /** Any JSON. */
  readonly payload: unknown;
  /** Empty without it. */
  readonly meta?: Readonly<Record<string, unknown>>;
  /** An integer; the time of the append in milliseconds without it. */
  readonly ts?: number;
  /** 64 digits of hex: the hash that the log has to end with; whatever it is without it. */
  readonly expected_prev_hash?: string;
}

/** The name in an event's `meta` by which a request knows what it has appended before. */
export const MARKER = "idempotency_hash";

/** Most bytes of a body: every byte of the longest record could be sent as `\u0000`. */
export const LARGEST_BODY = 6 * LARGEST_RECORD;

/** To a schema of JSON `1.0` is one as well; it stands in the log as `1`. */
const INTEGER = /^-?\d+(\.0+)?$/;

/** What is sent, as JSON in which numbers keep their text. */
export const appendBody = z.strictObject({
  type: z.string().min(1, "must not be empty").refine(
    (type) => !isEvidenceEventType(type),
    "is for what happens to evidence, which only its own API may say",
  ).meta({ not: { enum: EVIDENCE_EVENT_TYPES } }),
  aggregate_id: z.string().min(1, "must not be empty"),
  payload: z.custom<Json>((value) => value !== undefined, "is required").meta({
    description: "Any JSON. Its numbers keep the text that they are written with.",
  }),
  meta: z.custom<JsonObject>(
    // What is checked here came out of a reader of JSON.
    (value) => isJsonObject(value as Json | undefined),
    { error: "must be an object", abort: true },
  ).refine((meta) => !Object.hasOwn(meta, MARKER), `must not have the name ${MARKER}`).optional()
    .meta({
      type: "object",
      propertyNames: { not: { const: MARKER } },
      description: "Beside what happened.",
    }),
  ts: z.custom<JsonNumber>(
    (value) => value instanceof JsonNumber && INTEGER.test(value.text),
    "must be an integer",
  ).transform(({ text }) => new JsonNumber(text.replace(/\..*/, ""))).optional().meta({
    type: "integer",
    description: "As its writer counts time; milliseconds where the service does.",
  }),
  expected_prev_hash: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 digits of hex").optional()
    .describe("What the log has to end with; without it wherever the log ends by then."),
});

/** An event that is to be appended. */
export type AppendBody = z.infer<typeof appendBody>;
