import assert from "node:assert/strict";
import fc from "fast-check";
import {
  canonicalPath,
  canonicalQueryComponent,
  decodeUri,
  encodePath,
  encodeQueryComponent,
} from "../../src/sigv4/uri_encoding.ts";

const text = fc.string({ unit: "grapheme", maxLength: 40 });

Deno.test("encodePath() keeps slashes and encodes all but the unreserved characters", () => {
  assert.equal(encodePath("/a//b/../c-._~/"), "/a//b/../c-._~/");
  assert.equal(encodePath("a b+c%d"), "a%20b%2Bc%25d");
  assert.equal(encodePath("!*'()é🎉"), "%21%2A%27%28%29%C3%A9%F0%9F%8E%89");
});

Deno.test("encodeQueryComponent() encodes slashes too", () => {
  assert.equal(encodeQueryComponent("a/b c"), "a%2Fb%20c");
});

Deno.test("decodeUri() undoes encodePath() and encodeQueryComponent()", () => {
  fc.assert(fc.property(text, (text) => {
    assert.equal(decodeUri(encodePath(text)), text);
    assert.equal(decodeUri(encodeQueryComponent(text)), text);
  }));
});

Deno.test("decodeUri() leaves alone what is no escape, and a plus", () => {
  assert.equal(decodeUri("100%/%zz%4/a+b%"), "100%/%zz%4/a+b%");
});

Deno.test("canonicalPath() is the same for every way of writing a key", () => {
  fc.assert(fc.property(text, (text) => {
    const canonical = encodePath(text);
    assert.equal(canonicalPath(canonical), canonical);
    assert.equal(
      canonicalPath(canonical.toLowerCase()),
      encodePath(decodeUri(canonical.toLowerCase())),
    );
    assert.equal(canonicalPath(text.split("/").map(encodeURIComponent).join("/")), canonical);
    const overEncoded = Array.from(new TextEncoder().encode(text))
      .map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
    assert.equal(canonicalPath(overEncoded), canonical);
  }));
});

Deno.test("canonicalQueryComponent() reads a bare plus as it is told to", () => {
  assert.equal(canonicalQueryComponent("a+b%2Bc", "space"), "a%20b%2Bc");
  assert.equal(canonicalQueryComponent("a+b%2Bc", "plus"), "a%2Bb%2Bc");
});
