import assert from "node:assert/strict";
import { beginOf } from "../../../src/operator/agent/begin_of.ts";

const CASES = [
  ["short", 9, "short"],
  ["longer", 4, "long"],
  ["x😀😀", 3, "x😀"],
  ["x😀😀", 4, "x😀"],
  ["\ud800x", 9, "\ufffdx"],
] as const;

for (const [text, most, begin] of CASES) {
  Deno.test(`of ${JSON.stringify(text)} the first ${most} characters are ${begin}`, () => {
    assert.equal(beginOf(text, most), begin);
  });
}
