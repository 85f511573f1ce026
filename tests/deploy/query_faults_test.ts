import assert from "node:assert/strict";
import { queryFaults } from "./query_faults.ts";

const QUERIES: Readonly<Record<string, readonly string[]>> = {
  'sum by (job, method) (rate(s3proxy_requests_total{namespace=~"$namespace"}[5m]))': [],
  "s3proxy_request_total": ["nobody exports s3proxy_request_total"],
  "rate(rynxs_replay_duration_seconds[5m])": ["nobody exports rynxs_replay_duration_seconds"],
  "s3proxy_requests_total_bucket": ["nobody exports s3proxy_requests_total_bucket"],
  's3proxy_requests_total{backend="a"}': ["s3proxy_requests_total has no label backend"],
  "sum by (le, reason) (rynxs_events_total)": [
    "nothing has label le",
    "nothing has label reason",
  ],
  'rynxs_s3_put_errors_total{error_type=~"AccessDenied|Forbidden"}': [
    "error_type is never Forbidden",
  ],
  "1 + 1": ["it reads nothing"],
};

for (const [query, faults] of Object.entries(QUERIES)) {
  Deno.test(`${query}: ${faults.join(", ") || "nothing is wrong"}`, () => {
    assert.deepEqual(queryFaults(query), faults);
  });
}
