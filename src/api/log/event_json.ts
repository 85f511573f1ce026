import { z } from "zod";

const hash = () => z.string().regex(/^[0-9a-f]{64}$/);

/** An event as clients see it: the record, byte for byte as it is stored. */
export const recordJson = z.object({
  event: z.object({
    type: z.string(),
    aggregate_id: z.string(),
    seq: z.number(),
    ts: z.number().describe("As its writer counts it; milliseconds where the service did."),
    payload: z.unknown(),
    meta: z.record(z.string(), z.unknown()).optional(),
    hash_version: z.literal("v2").optional(),
  }),
  event_hash: hash(),
  prev_hash: hash().describe("Of the event before."),
}).meta({ id: "Record" });

/** An event as clients see it. */
export type RecordJson = z.infer<typeof recordJson>;

/** A page of events. */
export const pageJson = z.object({
  events: z.array(recordJson),
  next_from_seq: z.number().nullable().describe(
    "For `from_seq`; `null` where there is nothing to go on with.",
  ),
}).meta({ id: "EventPage" });

/** A page of events. */
export type PageJson = z.infer<typeof pageJson>;

/** What an append answers. */
export const appendedJson = z.object({
  seq: z.number(),
  prev_hash: hash(),
  event_hash: hash(),
}).meta({ id: "AppendedEvent" });

/** What a log ends with. */
export const headJson = z.object({
  size: z.number().describe("How many events there are."),
  seq: z.number().nullable().describe("Of the last event; `null` while there is none."),
  event_hash: hash().nullable().describe("Of the last event; `null` while there is none."),
  head: hash().describe("What the next event follows: `expected_prev_hash` of an append."),
}).meta({ id: "LogHead" });

const tree = { size: z.number(), root: z.string().describe("base64") };

/** What proves that an event is in the log. */
export const inclusionProofJson = z.object({
  seq: z.number(),
  ...tree,
  leaf_hash: z.string().describe("base64"),
  hashes: z.array(z.string().describe("base64")).describe(
    "Beside the way from the leaf to the root, from the leaf on.",
  ),
  record: z.string().describe("The bytes that the leaf's hash is of."),
  checkpoint: z.string().describe("The signed note, for all that is published."),
  tlog_proof: z.string().describe("C2SP tlog-proof, for all that is published."),
}).meta({ id: "InclusionProof" });

/** What proves that the log has only grown. */
export const consistencyProofJson = z.object({
  from: z.object(tree),
  to: z.object(tree),
  hashes: z.array(z.string().describe("base64")),
  checkpoint: z.string().describe("The signed note, for all that is published."),
}).meta({ id: "ConsistencyProof" });
