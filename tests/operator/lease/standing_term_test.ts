import assert from "node:assert/strict";
import { standingTerm } from "../../../src/operator/lease/standing_term.ts";

Deno.test("who leads without an election has a term that says so, and that does not end", () => {
  const term = standingTerm("a");
  assert.deepEqual(term.demand(), {
    holder_identity: "a",
    resource_version: null,
    renew_time: null,
    epoch: 0,
  });
  assert.equal(term.signal.aborted, false);
});
