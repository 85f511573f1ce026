import assert from "node:assert/strict";
import { conditionValue } from "../../src/policy/condition_keys.ts";
import { policyRequest } from "./policy_request.ts";

Deno.test("a policy reads the number of keys that a listing asks for as the listing does", async (t) => {
  const rows: readonly (readonly [written: string | undefined, read: string])[] = [
    [undefined, "1000"],
    ["", "1000"],
    ["11", "11"],
    ["+11", "11"],
  ];
  for (const [written, read] of rows) {
    await t.step(`${written}`, () => {
      const query: Record<string, string> = written === undefined ? {} : { "max-keys": written };
      const request = policyRequest({ action: "s3:ListBucket", query });
      assert.equal(conditionValue(request, "s3:max-keys"), read);
    });
  }
});
