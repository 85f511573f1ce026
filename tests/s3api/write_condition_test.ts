import assert from "node:assert/strict";
import type { WriteCondition } from "../../src/storage/model.ts";
import { deleteCondition, writeCondition } from "../../src/s3api/write_condition.ts";

const ACCEPTED: readonly [Record<string, string>, WriteCondition][] = [
  [{}, { kind: "none" }],
  [{ "if-none-match": "*" }, { kind: "absent" }],
  [{ "if-none-match": '"*"' }, { kind: "absent" }],
  [{ "if-match": '"abc"' }, { kind: "match", etag: "abc" }],
  [{ "if-match": "abc" }, { kind: "match", etag: "abc" }],
  [{ "if-match": "*" }, { kind: "match", etag: "*" }],
];

for (const [headers, condition] of ACCEPTED) {
  Deno.test(`writeCondition: ${JSON.stringify(headers)}`, () => {
    assert.deepEqual(writeCondition(new Headers(headers)), condition);
  });
}

const REFUSED: readonly Record<string, string>[] = [
  { "if-none-match": '"abc"' },
  { "if-none-match": "*", "if-match": '"abc"' },
  { "if-match": '"abc", "def"' },
  { "if-modified-since": "Sun, 05 May 2024 10:00:00 GMT" },
  { "if-unmodified-since": "Sun, 05 May 2024 10:00:00 GMT" },
];

for (const headers of REFUSED) {
  Deno.test(`writeCondition answers NotImplemented to ${JSON.stringify(headers)}`, () => {
    assert.throws(() => writeCondition(new Headers(headers)), { code: "NotImplemented" });
  });
}

Deno.test("deleteCondition knows If-Match and nothing else", () => {
  assert.equal(deleteCondition(new Headers()), undefined);
  assert.equal(deleteCondition(new Headers({ "if-match": '"abc"' })), "abc");
  assert.equal(deleteCondition(new Headers({ "if-match": "*" })), "*");
  assert.throws(() => deleteCondition(new Headers({ "if-none-match": "*" })), {
    code: "NotImplemented",
  });
});
