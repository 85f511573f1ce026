import assert from "node:assert/strict";
import { SMOKE_TEST } from "../../../src/cli/validate/checks/smoke.ts";
import { logBucket } from "../../../src/cli/validate/log_bucket.ts";
import { refusal, type ToldRequest, withStore } from "../told_store.ts";
import { found } from "./told_cluster.ts";

const CREDENTIAL = { AWS_ACCESS_KEY_ID: "operator", AWS_SECRET_ACCESS_KEY: "operator-secret" };

/** Whether a store obeys `If-None-Match: *`, and what is said of it. */
const STORES = [
  { obeys: true, verdict: "pass", reason: /^$/ },
  { obeys: false, verdict: "fail", reason: /: 200.* instead of 412 PreconditionFailed/ },
] as const;

for (const { obeys, verdict, reason } of STORES) {
  Deno.test(`a store that ${obeys ? "obeys" : "passes over"} the condition is a ${verdict}`, async () => {
    await withStore(storeThat(obeys), async (endpoint, seen) => {
      const location = { kind: "s3", bucket: "b", prefix: "events", endpoint } as const;
      const bucket = logBucket(location, undefined, Deno.env.toObject());
      using _ = variables(CREDENTIAL);
      const finding = await found(writeOnce(), "post", { bucket });
      assert.equal(finding.verdict, verdict);
      assert.match(finding.reasons.join("\n"), reason);
      assert.ok(
        seen.some(({ method, headers }) => method === "PUT" && headers.has("if-none-match")),
      );
    });
  });
}

function writeOnce() {
  const check = SMOKE_TEST.find(({ id }) => id === "smoke-write-once");
  assert.ok(check);
  return check;
}

/** One that refuses what has no condition, and keeps nothing. */
function storeThat(obeys: boolean): (request: ToldRequest) => Response {
  const there = new Set<string>();
  return ({ method, path, query, headers }) => {
    if (method === "DELETE") return new Response(null, { status: 204 });
    if (query.has("policy")) return refusal(404, "NoSuchBucketPolicy");
    if (method !== "PUT") return new Response(null, { status: 200 });
    if (!headers.has("if-none-match")) return refusal(403, "AccessDenied");
    if (obeys && there.has(path)) return refusal(412, "PreconditionFailed");
    there.add(path);
    return new Response(null, { status: 200, headers: { etag: '"e"' } });
  };
}

/** The SDK looks for credentials in the environment of the process; others of it have none. */
function variables(values: Readonly<Record<string, string>>): Disposable {
  const before = Object.keys(values).map((name) => [name, Deno.env.get(name)] as const);
  for (const [name, value] of Object.entries(values)) Deno.env.set(name, value);
  return {
    [Symbol.dispose]() {
      for (const [name, value] of before) {
        if (value === undefined) Deno.env.delete(name);
        else Deno.env.set(name, value);
      }
    },
  };
}
