import assert from "node:assert/strict";
import { rawRequest } from "../../harness/raw_http.ts";
import { serveLog } from "../log_endpoint.ts";

const BODY = '{"type":"t","aggregate_id":"a","payload":1}';

/** Requests by what is wrong with them, and how they are answered. */
const REQUESTS: Readonly<
  Record<string, readonly [headers: readonly string[], status: number, connection?: string]>
> = {
  "a body that nobody waits for": [
    ["Content-Type: text/plain", "Expect: 100-continue", `Content-Length: ${BODY.length}`],
    415,
    "close",
  ],
  "a body that would be too long": [
    ["Content-Type: application/json", "Expect: 100-continue", "Content-Length: 99999999999"],
    413,
    "close",
  ],
  "a body that stays away": [
    ["Content-Type: application/json", `Content-Length: ${BODY.length + 1}`],
    408,
    "close",
  ],
  "a body that comes": [
    ["Content-Type: application/json", "Expect: 100-continue", `Content-Length: ${BODY.length}`],
    201,
  ],
};

Deno.test("a connection ends with the answer where a body may still come on it", async (t) => {
  await using endpoint = await serveLog({ stallTimeout: 200 });
  for (const [what, [headers, status, connection]] of Object.entries(REQUESTS)) {
    await t.step(what, async () => {
      const lines = ["POST /-/api/v1/log/events HTTP/1.1", "Host: x", ...headers, "", BODY];
      const answer = await rawRequest(endpoint.origin, lines.join("\r\n"));
      assert.ok(typeof answer === "object", `${answer}`);
      assert.deepEqual([answer.status, answer.headers.get("connection")], [status, connection]);
    });
  }
});
