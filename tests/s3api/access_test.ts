import assert from "node:assert/strict";
import { Access } from "../../src/s3api/access.ts";
import { NO_RULES } from "../../src/s3api/access_rules.ts";
import { S3Error } from "../../src/s3api/errors.ts";
import { OPERATIONS } from "../../src/s3api/operations.ts";
import { ACTIONS } from "../../src/policy/actions.ts";
import { StorageError } from "../../src/storage/storage_error.ts";

function demandBucket(thrown: Error): Promise<unknown> {
  const access = new Access({ findBucket: () => Promise.reject(thrown) }, "off", NO_RULES);
  return access.demandBucket("b");
}

Deno.test("a bucket that cannot be looked up is closed, and the cause goes to the log", async () => {
  const cause = new Error("the connection was lost");
  await assert.rejects(demandBucket(cause), (error: unknown) => {
    assert.ok(error instanceof S3Error);
    assert.deepEqual([error.code, error.status, error.cause], ["ServiceUnavailable", 503, cause]);
    assert.doesNotMatch(error.message, /connection/);
    return true;
  });
});

Deno.test("what storage says of a bucket is passed on", async () => {
  const known = new StorageError("SlowDown", "Please reduce your request rate.");
  await assert.rejects(demandBucket(known), { code: "SlowDown" });
});

Deno.test("the action of every operation that is answered is one that policies know", () => {
  for (const { name, action, alsoNeeds = [], handler, on } of OPERATIONS) {
    if (handler === undefined) continue;
    for (const each of [action, ...alsoNeeds]) {
      const row = ACTIONS.get(each);
      assert.ok(row, `${name} needs ${each}`);
      // Those are of a bucket that holds the keys which the request names in its body.
      const isAbout = name === "DeleteObjects" || name === "PostObject" ? "object" : on;
      assert.equal(row.on, isAbout, name);
    }
  }
});
