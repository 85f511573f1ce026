import { z } from "zod";
import { baseUrl, duration, flag, integer, text } from "./fields.ts";

/** Of keys of signed notes. Source: C2SP signed-note, "Format". */
const KEY_NAME = /^[^\p{White_Space}+]+$/u;

/** Milliseconds. A timer that cannot count as far as it is told to goes off all the time. */
const LONGEST_INTERVAL = 24 * 3_600_000;

/**
 * The `log` section. What it leaves open the environment says: where the log is kept is not given a
 * default here, but where both are resolved.
 */
export const logSchema = z.strictObject({
  readers: z.array(text()).optional().describe(
    "Users who may read events and proofs. With neither `readers` nor `writers` a configuration " +
      "with one user lets that one do both, and one with several nobody.",
  ),
  writers: z.array(text()).optional().describe("Users who may append events."),
  store: z.enum(["file", "s3", "holdfast"]).optional().describe(
    "Where the log is kept: in a file, in any S3 store, or in a bucket of this service. Default: " +
      "`EVENT_STORE_TYPE`, then `file`.",
  ),
  path: text().meta({ type: "path" }).optional().describe(
    "File of the log. Default: `EVENT_STORE_PATH`, then `data_dir`/log/events.jsonl.",
  ),
  max_bytes: integer().optional().describe(
    "A file that has this many bytes is rotated into a segment; 0: never. Default: " +
      "`EVENT_STORE_MAX_BYTES`, then 0.",
  ),
  max_segments: integer().optional().describe(
    "Most segments; then the file grows on. 0: no bound. Default: `EVENT_STORE_MAX_SEGMENTS`, " +
      "then 0.",
  ),
  bucket: text().meta({ type: "bucket" }).optional().describe(
    "Bucket of a log that is not in a file. Default: `S3_BUCKET`.",
  ),
  prefix: text().optional().describe(
    "What the keys of its objects begin with. Default: `S3_PREFIX`, then `events`.",
  ),
  endpoint: baseUrl().optional().describe("Of the S3 store. Default: `S3_ENDPOINT`, then AWS."),
  region: text().optional().describe("Of the S3 store. Default: `S3_REGION`."),
  use_head: flag().optional().describe(
    "Whether an object remembers where the log ends. Default: `RYNXS_S3_USE_HEAD`, then true.",
  ),
  head_key: text().optional().describe(
    "Key of that object. Default: `RYNXS_S3_HEAD_KEY`, then `_head.json` under the prefix.",
  ),
  hash_version: z.enum(["v1", "v2"]).optional().describe(
    "Version of new events. Default: `RYNXS_HASH_VERSION`, then `v1`.",
  ),
  signing_key: text().meta({ type: "path" }).optional().describe(
    "File with the Ed25519 key in PEM that signs what is published. Needs `origin`.",
  ),
  origin: text().regex(KEY_NAME, "must have no space and no plus").optional().describe(
    "Name of the published log, such as `example.com/log`. Needs `signing_key`.",
  ),
  publish_interval: duration().refine(
    (interval) => interval <= LONGEST_INTERVAL,
    "must be at most 24h",
  )
    .prefault("10s").describe("Between looks for events that are not published yet; at most 24h."),
});

/** The section as it is written. */
export type WrittenLog = z.infer<typeof logSchema>;
