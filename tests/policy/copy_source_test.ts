import assert from "node:assert/strict";
import { copySourcePath, withoutLeadingSlash } from "../../src/policy/copy_source.ts";
import { parseCopySource } from "../../src/s3api/copy_source.ts";

Deno.test("a policy is told the copy source that the operation reads", async (t) => {
  const headers = [
    "bucket/key",
    "/bucket/key",
    "%2Fbucket%2Fkey",
    "bucket//key",
    "bucket/a/../b",
    "bucket/a+b%2Bc%20d",
    "bucket/%E2%82%AC",
    "bucket/\u00e2\u0082\u00ac",
    "bucket/key?versionId=null",
    "bucket/a%3FversionId%3Dnull",
    "bucket/a?b",
    "bucket/%2525",
  ];
  for (const header of headers) {
    await t.step(header, () => {
      const { bucket, key } = parseCopySource(header);
      assert.equal(copySourcePath(header), `${bucket}/${key}`);
    });
  }
});

Deno.test("what is no URL encoding has no path", () => {
  for (const header of ["bucket/%", "bucket/%zz", "bucket/%ff"]) {
    assert.equal(copySourcePath(header), undefined, header);
  }
});

Deno.test("one slash is left out before a source, and no more", () => {
  assert.equal(withoutLeadingSlash("/bucket/key"), "bucket/key");
  assert.equal(withoutLeadingSlash("bucket/key"), "bucket/key");
  assert.equal(withoutLeadingSlash("//bucket"), "/bucket");
});
