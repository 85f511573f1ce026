import assert from "node:assert/strict";
import {
  type ConditionResult,
  demandCopySourceConditions,
  demandReadConditions,
  evaluateConditions,
  type ReadConditions,
} from "../../src/s3api/preconditions.ts";
import { S3Error } from "../../src/s3api/errors.ts";
import { storedObject } from "./stored_object.ts";

const MODIFIED = new Date("2024-05-05T10:00:00.700Z");
const SAME_SECOND = "Sun, 05 May 2024 10:00:00 GMT";
const BEFORE = "Sun, 05 May 2024 09:59:59 GMT";
const AFTER = "Sun, 05 May 2024 10:00:01 GMT";

const CASES: readonly [ReadConditions, ConditionResult["kind"]][] = [
  [{}, "holds"],
  [{ ifMatch: '"abc"' }, "holds"],
  [{ ifMatch: "abc" }, "holds"],
  [{ ifMatch: '"x", "abc"' }, "holds"],
  [{ ifMatch: "*" }, "holds"],
  [{ ifMatch: '"x"' }, "failed"],
  [{ ifNoneMatch: '"abc"' }, "not-modified"],
  [{ ifNoneMatch: 'W/"abc"' }, "not-modified"],
  [{ ifNoneMatch: "*" }, "not-modified"],
  [{ ifNoneMatch: '"x"' }, "holds"],
  [{ ifModifiedSince: BEFORE }, "holds"],
  [{ ifModifiedSince: SAME_SECOND }, "not-modified"],
  [{ ifModifiedSince: AFTER }, "not-modified"],
  [{ ifModifiedSince: "yesterday" }, "holds"],
  [{ ifUnmodifiedSince: BEFORE }, "failed"],
  [{ ifUnmodifiedSince: SAME_SECOND }, "holds"],
  [{ ifUnmodifiedSince: AFTER }, "holds"],
  [{ ifUnmodifiedSince: "yesterday" }, "holds"],
  // If-Match outweighs If-Unmodified-Since, If-None-Match outweighs If-Modified-Since.
  [{ ifMatch: '"abc"', ifUnmodifiedSince: BEFORE }, "holds"],
  [{ ifMatch: '"x"', ifUnmodifiedSince: AFTER }, "failed"],
  [{ ifNoneMatch: '"abc"', ifModifiedSince: BEFORE }, "not-modified"],
  [{ ifNoneMatch: '"x"', ifModifiedSince: AFTER }, "holds"],
  // A condition that failed outweighs one that would answer 304.
  [{ ifMatch: '"x"', ifNoneMatch: '"abc"' }, "failed"],
  [{ ifUnmodifiedSince: BEFORE, ifNoneMatch: '"abc"' }, "failed"],
  [{ ifMatch: '"abc"', ifNoneMatch: '"abc"' }, "not-modified"],
];

for (const [conditions, expected] of CASES) {
  Deno.test(`evaluateConditions: ${JSON.stringify(conditions)} → ${expected}`, () => {
    const result = evaluateConditions(conditions, { etag: "abc", lastModified: MODIFIED });
    assert.equal(result.kind, expected);
  });
}

Deno.test("demandReadConditions answers 304 with the headers that renew a cached answer", () => {
  const object = storedObject({
    etag: "abc",
    lastModified: MODIFIED,
    headers: { cacheControl: "no-cache", expires: "never", metadata: {} },
  });
  assert.throws(() => demandReadConditions(new Headers({ "if-none-match": '"abc"' }), object), {
    code: "NotModified",
    headers: {
      "etag": '"abc"',
      "last-modified": SAME_SECOND,
      "cache-control": "no-cache",
      "expires": "never",
    },
  });
});

Deno.test("demandReadConditions names the condition that failed", () => {
  assert.throws(
    () => demandReadConditions(new Headers({ "if-match": '"x"' }), storedObject({ etag: "abc" })),
    (error) =>
      error instanceof S3Error && error.code === "PreconditionFailed" &&
      error.detail.Condition === "If-Match",
  );
});

const COPY_CASES: readonly [Record<string, string>, boolean][] = [
  [{ "if-match": '"abc"', "if-unmodified-since": BEFORE }, true],
  [{ "if-none-match": '"abc"', "if-modified-since": BEFORE }, false],
  [{ "if-none-match": '"x"' }, true],
  [{ "if-modified-since": AFTER }, false],
  [{ "if-unmodified-since": BEFORE }, false],
];

for (const [conditions, holds] of COPY_CASES) {
  Deno.test(`a copy's source with ${JSON.stringify(conditions)} ${holds ? "holds" : "is 412"}`, () => {
    const headers = new Headers(
      Object.entries(conditions).map(([name, value]) => [`x-amz-copy-source-${name}`, value]),
    );
    const check = () =>
      demandCopySourceConditions(headers, storedObject({ etag: "abc", lastModified: MODIFIED }));
    if (holds) check();
    else assert.throws(check, { code: "PreconditionFailed" });
  });
}
