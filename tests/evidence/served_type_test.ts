import assert from "node:assert/strict";
import { servedType } from "../../src/evidence/served_type.ts";

const CASES: readonly (readonly [sent: string, served: string])[] = [
  ["image/png", "image/png"],
  ["IMAGE/PNG ; x=y", "image/png"],
  ["text/plain; charset=utf-16", "text/plain; charset=utf-8"],
  ["application/pdf", "application/pdf"],
  ["text/html", "application/octet-stream"],
  ["image/svg+xml", "application/octet-stream"],
  ["text/xml", "application/octet-stream"],
  ["application/xhtml+xml", "application/octet-stream"],
  ["text/javascript", "application/octet-stream"],
  ["multipart/x-mixed-replace; boundary=a", "application/octet-stream"],
  ["image/png, text/html", "application/octet-stream"],
  ["", "application/octet-stream"],
];

for (const [sent, served] of CASES) {
  Deno.test(`what was sent as ${JSON.stringify(sent)} is served as ${served}`, () => {
    assert.equal(servedType(sent), served);
  });
}
