import assert from "node:assert/strict";
import { turnAway } from "../../src/cli/serve/turn_away.ts";

/** Targets, and in which form who asks for them is told to come again. */
const TARGETS: readonly (readonly [url: string, host: string, type: string])[] = [
  ["/bucket/key", "holdfast", "application/xml"],
  ["/-/api/v1/log/head", "holdfast", "application/problem+json"],
  ["/-/api/v1/log/head", "bucket.s3.example", "application/xml"],
];

for (const [path, host, type] of TARGETS) {
  Deno.test(`${path} of ${host} is turned away in ${type}`, async () => {
    const request = new Request(`http://127.0.0.1${path}`, { headers: { host } });
    const response = turnAway(request, "s3.example");
    assert.equal(response.status, 503);
    assert.equal(response.headers.get("connection"), "close");
    assert.equal(response.headers.get("content-type"), type);
    assert.match(await response.text(), /Try again/);
  });
}
