import assert from "node:assert/strict";
import { FencingRuns, type Run } from "../../../src/eventlog/audit/fencing.ts";
import { isJsonObject } from "../../../src/eventlog/json.ts";
import { json, recordsOf } from "./records.ts";

/** Who holds the lease, in which epoch and version; `null` for an event that says nothing. */
type Token = readonly [string, unknown, unknown] | null;

function runsOf(tokens: readonly Token[]) {
  const events = tokens.map((token) => {
    if (token === null) return {};
    const [holder_identity, epoch, resource_version] = token;
    const meta = json({ fencing_token: { holder_identity, epoch, resource_version } });
    return isJsonObject(meta) ? { meta } : {};
  });
  const runs = new FencingRuns();
  const ended: Run[] = [];
  for (const record of recordsOf(events)) {
    const run = runs.accept(record);
    if (run !== undefined) ended.push(run);
  }
  const last = runs.end();
  if (last !== undefined) ended.push(last);
  return { ended, withoutToken: runs.withoutToken };
}

Deno.test("events of one term are one run, also with others between them", () => {
  const { ended, withoutToken } = runsOf([
    null,
    ["a", 1, "10"],
    null,
    ["a", 1, "12"],
    ["a", 1, "12"],
    ["b", 1, "20"],
    ["a", 2, "30"],
  ]);
  assert.equal(withoutToken, 2);
  assert.deepEqual(
    ended.map(({ first, last, events, overlap }) => [
      first.holder,
      first.epoch,
      first.seq,
      last.seq,
      events,
      first.version,
      last.version,
      overlap,
    ]),
    [
      ["a", "1", 1, 4, 3, "10", "12", undefined],
      ["b", "1", 5, 5, 1, "20", "20", undefined],
      ["a", "2", 6, 6, 1, "30", "30", undefined],
    ],
  );
});

/** Who wrote, and where an older one wrote after a newer one: which event, how told, after which. */
const OVERLAPS: readonly (readonly [
  string,
  readonly Token[],
  readonly (readonly [number, string, number])[],
])[] = [
  ["a leader that was replaced goes on", [
    ["a", 1, "10"],
    ["b", 1, "20"],
    ["a", 1, "11"],
  ], [[2, "resource_version", 1]]],
  ["two write by turns", [
    ["a", 1, "10"],
    ["b", 1, "20"],
    ["a", 1, "11"],
    ["b", 1, "21"],
    ["a", 1, "11"],
  ], [[2, "resource_version", 1], [4, "resource_version", 3]]],
  ["versions are compared as numbers", [["a", 1, "9"], ["b", 1, "10"]], []],
  ["an older lease of the same holder", [["a", 1, "10"], ["a", 1, "9"]], [
    [1, "resource_version", 0],
  ]],
  ["a holder that was started anew counts from 1 again", [
    ["a", 3, "10"],
    ["b", 1, "20"],
    ["a", 1, "30"],
  ], []],
  ["without versions a term that has ended comes back", [
    ["a", 1, null],
    ["b", 1, null],
    ["a", 1, null],
  ], [[2, "returned", 1]]],
  ["without versions a holder goes back to an earlier epoch", [["a", 2, null], ["a", 1, null]], [
    [1, "epoch", 0],
  ]],
  ["versions that are no numbers are not compared", [["a", 1, "z"], ["b", 1, "b"]], []],
  ["two write in one term of the lease, where its terms are counted", [
    ["a", 1, null],
    ["b", 2, null],
    ["c", 2, null],
  ], [[2, "shared_epoch", 1]]],
  ["somebody writes in an earlier term of the lease, where its terms are counted", [
    ["a", 4, null],
    ["b", 5, null],
    ["c", 3, null],
  ], [[2, "epoch", 1]]],
  ["each holder counts for itself, as the first change of them shows", [
    ["a", 1, null],
    ["b", 1, null],
    ["c", 2, null],
    ["d", 2, null],
  ], []],
  ["two write with the very same version of the lease", [["a", 3, "10"], ["b", 3, "10"]], [
    [1, "shared_epoch", 0],
  ]],
  ["terms of the lease that follow each other", [
    ["a", 1, null],
    ["b", 2, null],
    ["b", 3, null],
    ["a", 4, null],
  ], []],
  ["versions decide, whatever epochs say", [
    ["a", 1, "10"],
    ["b", 2, "20"],
    ["c", 2, "30"],
    ["d", 1, "40"],
  ], []],
  ["elections are switched off", [
    ["a", 1, "10"],
    ["b", 2, "20"],
    ["b", 0, null],
    ["c", 0, null],
  ], []],
  ["two write by turns without an election", [["a", 0, null], ["b", 0, null], ["a", 0, null]], [
    [2, "returned", 1],
  ]],
  ["a version that is no number has to do with none that is", [
    ["a", 1, "10"],
    ["b", 1, "x"],
    ["a", 1, "11"],
  ], [[2, "returned", 1]]],
];

for (const [what, tokens, expected] of OVERLAPS) {
  Deno.test(`overlaps: ${what}`, () => {
    const found = runsOf(tokens).ended.flatMap(({ overlap }) =>
      overlap === undefined
        ? []
        : [[overlap.writer.seq, overlap.reason, overlap.after.seq] as const]
    );
    assert.deepEqual(found, expected);
  });
}

Deno.test("tokens that are no objects are no tokens", () => {
  const meta = json({ fencing_token: "a" });
  assert.ok(isJsonObject(meta));
  const runs = new FencingRuns();
  for (const record of recordsOf([{ meta }])) assert.equal(runs.accept(record), undefined);
  assert.equal(runs.withoutToken, 1);
  assert.equal(runs.end(), undefined);
});
