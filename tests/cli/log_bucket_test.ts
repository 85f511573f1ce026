import assert from "node:assert/strict";
import { logBucketState } from "../../src/cli/serve/log_bucket.ts";
import { readPolicyFile } from "../policies/policy_files.ts";

const RULES = {
  account: "000000000000",
  policies: new Map(),
  owners: new Map(),
  trustedProxies: [],
};

function state(policy: string | undefined, prefix = "events") {
  const bucket = { name: "b", owner: "", createdAt: new Date(), policy };
  const findBucket = (name: string) =>
    Promise.resolve(name === bucket.name ? { ...bucket, publicAccessBlock: undefined } : undefined);
  return logBucketState({ kind: "holdfast", bucket: "b", prefix }, RULES, { findBucket });
}

Deno.test("a log's bucket is open to those who have it unless its policy keeps them from events", async () => {
  const appendOnly = readPolicyFile("events-append-only.json");
  const cases = [
    ["no policy", await state(undefined), "open"],
    ["the policy for events", await state(appendOnly), "kept"],
    ["the policy for events, and a log elsewhere", await state(appendOnly, "audit"), "open"],
    ["another policy", await state(readPolicyFile("tls-only.json")), "open"],
    ["a policy that cannot be understood", await state("{"), "kept"],
  ] as const;
  for (const [name, found, expected] of cases) assert.equal(found, expected, name);
});

Deno.test("a log's bucket that is not there is told", async () => {
  const location = { kind: "holdfast", bucket: "other", prefix: "events" } as const;
  const findBucket = () => Promise.resolve(undefined);
  assert.equal(await logBucketState(location, RULES, { findBucket }), "absent");
});
