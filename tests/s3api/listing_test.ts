import assert from "node:assert/strict";
import fc from "fast-check";
import { S3Error } from "../../src/s3api/errors.ts";
import {
  continuationPosition,
  continuationToken,
  encodeName,
  nameEncoding,
  pageSize,
} from "../../src/s3api/listing.ts";

const query = (parameters: Record<string, string>) => new Map(Object.entries(parameters));

function isInvalidArgument(name: string) {
  return (error: unknown) =>
    error instanceof S3Error && error.code === "InvalidArgument" &&
    error.detail.ArgumentName === name;
}

for (
  const [text, size] of [
    [undefined, 1_000],
    ["", 1_000],
    ["0", 0],
    ["1", 1],
    ["999", 999],
    ["1000", 1_000],
    ["1001", 1_000],
    ["2147483647", 1_000],
  ] as const
) {
  Deno.test(`pageSize() makes ${size} of max-keys=${text}`, () => {
    assert.equal(
      pageSize(text === undefined ? new Map() : query({ "max-keys": text }), "max-keys"),
      size,
    );
  });
}

for (const text of ["-1", "abc", "1.5", "1e3", " 1", "0x10", "2147483648", "９"]) {
  Deno.test(`pageSize() refuses max-keys=${text}`, () => {
    assert.throws(
      () => pageSize(query({ "max-keys": text }), "max-keys"),
      isInvalidArgument("max-keys"),
    );
  });
}

Deno.test("encodeName() encodes as S3 was measured to", () => {
  for (
    const [name, encoded] of [
      ["a b.txt", "a+b.txt"],
      ["a+b.txt", "a%2Bb.txt"],
      ["100%.csv", "100%25.csv"],
      ["한글/x.txt", "%ED%95%9C%EA%B8%80/x.txt"],
      ["test_file(3).png", "test_file%283%29.png"],
      ["a*b-c._~!'", "a*b-c._%7E%21%27"],
      ["😀\u0001\n", "%F0%9F%98%80%01%0A"],
      ["", ""],
    ]
  ) assert.equal(encodeName(name), encoded);
});

Deno.test("encodeName() is undone by the decoding of HTML forms", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (name) => {
    const encoded = encodeName(name);
    assert.match(encoded, /^[A-Za-z0-9._*+/%-]*$/);
    assert.equal(new URLSearchParams(`name=${encoded}`).get("name"), name);
  }));
});

Deno.test("nameEncoding() knows url, in any case, and nothing else", () => {
  assert.equal(nameEncoding(query({})).encode("a b"), "a b");
  assert.equal(nameEncoding(query({ "encoding-type": "" })).type, undefined);
  assert.equal(nameEncoding(query({ "encoding-type": "url" })).encode("a b"), "a+b");
  assert.equal(nameEncoding(query({ "encoding-type": "URL" })).type, "url");
  assert.throws(
    () => nameEncoding(query({ "encoding-type": "xml" })),
    isInvalidArgument("encoding-type"),
  );
});

Deno.test("continuationPosition() reads back what continuationToken() was given", () => {
  fc.assert(fc.property(fc.string({ unit: "binary", minLength: 1 }), (after) => {
    const token = continuationToken(after);
    assert.match(token, /^[A-Za-z0-9_-]+$/);
    assert.equal(continuationPosition(query({ "continuation-token": token })), after);
  }));
});

Deno.test("continuationPosition() begins anew without a token, or with an empty one", () => {
  assert.equal(continuationPosition(query({})), undefined);
  assert.equal(continuationPosition(query({ "continuation-token": "" })), undefined);
});

Deno.test("continuationPosition() refuses a token that was not made here", () => {
  const token = continuationToken("photos/2024/a.jpg");
  for (
    const bad of [
      "aWrongToken2",
      "photos/2024/a.jpg",
      "AAAAAA",
      token.slice(0, -1),
      token + "A",
      token + "=",
      token.replace(/^./, (first) => first === "A" ? "B" : "A"),
    ]
  ) {
    assert.throws(
      () => continuationPosition(query({ "continuation-token": bad })),
      isInvalidArgument("continuation-token"),
      bad,
    );
  }
});
