import assert from "node:assert/strict";
import { LogStoreError } from "../../src/eventlog/log_objects.ts";
import { JournalMovedError } from "../../src/operator/journal.ts";
import { refText } from "../../src/operator/kube/kube_object.ts";
import { Leader } from "../../src/operator/leader.ts";
import { LeadershipLostError } from "../../src/operator/term.ts";
import { TroubleLog } from "../../src/operator/trouble_log.ts";
import { agentOf, termOf } from "./agent/agent_fixture.ts";
import { captured } from "./captured_logs.ts";
import { when } from "./when.ts";

/** A leader of agents that are there, and of others that only the log knows. */
function leaderOf({ there, known, fault, until = Infinity, watchNamespace }: {
  readonly there: readonly string[];
  readonly known: () => readonly string[];
  readonly fault?: Error;
  /** Which look is the first to find no fault. */
  readonly until?: number;
  readonly watchNamespace?: string;
}) {
  const looked: string[] = [];
  const leader = new Leader({
    agents: { all: () => there.map((name) => agentOf(name)), hasSynced: true },
    reconciler: {
      known: () => Promise.resolve(known().map((name) => ({ namespace: "universe", name }))),
      reconcile(ref) {
        looked.push(refText(ref));
        const isFine = fault === undefined || looked.length >= until;
        return isFine ? Promise.resolve({}) : Promise.reject(fault);
      },
    },
    settings: { resync: 5, watchNamespace },
    troubles: new TroubleLog(),
  });
  return { leader, looked };
}

Deno.test("every agent is looked at again and again, those that went only until the log says so", async () => {
  let known = ["gone", "b"];
  const { leader, looked } = leaderOf({ there: ["b", "a"], known: () => known });
  const term = termOf();
  const leading = leader.lead(term, new AbortController().signal);
  await when(() => looked.length >= 3);
  assert.deepEqual(looked.slice(0, 3), ["universe/a", "universe/b", "universe/gone"]);
  known = ["a", "b"];
  await when(() => looked.length >= 12);
  assert.ok(looked.filter((agent) => agent === "universe/gone").length <= 4);
  const last = looked.length;
  await when(() => looked.length >= last + 4);
  assert.ok(!looked.slice(last).includes("universe/gone"));
  term.end();
  await leading;
  assert.deepEqual([leader.isElected, leader.isWorking], [false, false]);
});

Deno.test("agents that the log knows of another namespace than is watched are left to others", async () => {
  const { leader, looked } = leaderOf({
    there: [],
    known: () => ["a"],
    watchNamespace: "elsewhere",
  });
  const stop = new AbortController();
  const leading = leader.lead(termOf(), stop.signal);
  await when(() => leader.isWorking);
  leader.lookAt({ namespace: "elsewhere", name: "b" });
  await when(() => looked.length > 0);
  assert.deepEqual(looked, ["elsewhere/b"]);
  stop.abort();
  await leading;
});

for (
  const [what, fault, lines] of [
    ["others wrote to the log faster", new JournalMovedError("others were faster"), 1],
    ["the term is over", new LeadershipLostError("it is over"), 0],
  ] as const
) {
  Deno.test(`that ${what} is told in ${lines} lines, and where it happened in none`, async () => {
    const { leader, looked } = leaderOf({ there: ["a"], known: () => [], fault });
    const records = await captured(async () => {
      const term = termOf();
      const leading = leader.lead(term, new AbortController().signal);
      await when(() => looked.length >= 3);
      term.end();
      await leading;
    });
    assert.deepEqual(records.map(({ properties }) => properties), [
      ...Array(lines).fill({ agent: "universe/a", error: "others were faster" }),
    ]);
  });
}

Deno.test("while the log is away nobody else is looked at, and then everybody is", async () => {
  const there = ["a", "b", "c"];
  const { leader, looked } = leaderOf({
    there,
    known: () => [],
    fault: new LogStoreError("NetworkError", "no answer"),
    until: 2,
  });
  const records = await captured(async () => {
    const term = termOf();
    const leading = leader.lead(term, new AbortController().signal);
    await when(() => looked.length >= 4);
    term.end();
    await leading;
  });
  assert.deepEqual(looked.slice(0, 4).map((agent) => agent.split("/")[1]), ["a", "a", "b", "c"]);
  assert.deepEqual(records.map(({ properties }) => properties), [{ error: "no answer" }]);
});
