/**
 * Appends events to a log in S3 and says which were committed, one hash a line:
 * `s3_log_writer.ts ENDPOINT BUCKET PREFIX NAME COUNT`
 *
 * @module
 */
import { appendWithRetry } from "../../src/eventlog/append_with_retry.ts";
import { JsonNumber } from "../../src/eventlog/json.ts";
import { openLog } from "../../src/eventlog/open_log.ts";

/** Milliseconds: more than other writers can need to finish. */
const PATIENCE = 120_000;

const [endpoint, bucket = "", prefix = "", name = "", count = "0"] = Deno.args;
const headKey = `${prefix}/_head.json`;
await using opened = openLog({ kind: "s3", bucket, prefix, endpoint, headKey });
for (let number = 0; number < Number(count); number++) {
  const event = {
    type: "Written",
    aggregateId: name,
    ts: new JsonNumber(String(number)),
    payload: null,
    hashVersion: "v2",
  } as const;
  const { eventHash } = await appendWithRetry(opened.log, event, { patience: PATIENCE });
  console.log(eventHash);
}
