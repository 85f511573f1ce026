import assert from "node:assert/strict";
import { hashVersion } from "../../src/config/hash_version.ts";

Deno.test("the hash version is v1 unless the environment says v2, and nothing else", () => {
  assert.deepEqual([undefined, "", "v1", "v2", " V2\n"].map(hashVersion), [
    "v1",
    "v1",
    "v1",
    "v2",
    "v2",
  ]);
  for (const wrong of ["2", "v3", "v1,v2"]) {
    assert.throws(() => hashVersion(wrong), /RYNXS_HASH_VERSION must be v1 or v2/);
  }
});
