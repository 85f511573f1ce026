import assert from "node:assert/strict";
import { JsonNumber } from "../../src/eventlog/json.ts";
import type { OpenedLog } from "../../src/eventlog/open_log.ts";
import { LeadershipLostError } from "../../src/operator/term.ts";
import { termOf } from "./agent/agent_fixture.ts";
import { makeWorld, type World } from "./agent/world.ts";

/** What a server appends to the log that it shares with an operator. */
async function appendEvidence(world: World): Promise<void> {
  await using opened = world.open();
  const ts = new JsonNumber("0");
  const { log } = opened;
  await log.append({ type: "Evidence", aggregateId: "x", ts, payload: null, hashVersion: "v2" });
}

/** A log to which somebody else appends right before each append. */
function contended({ log, ...opened }: OpenedLog, act: () => Promise<void>): OpenedLog {
  return {
    ...opened,
    log: {
      async append(...args) {
        await act();
        return await log.append(...args);
      },
      read: (range) => log.read(range),
      head: () => log.head(),
      eventHash: (seq) => log.eventHash(seq),
      [Symbol.asyncDispose]: () => log[Symbol.asyncDispose](),
    },
  };
}

Deno.test("a server that writes evidence all the time costs an operator no call of the cluster", async () => {
  await using quiet = await makeWorld();
  quiet.putAgent("a", {});
  await quiet.operator().reconcile("a");

  await using world = await makeWorld();
  world.putAgent("a", {});
  let isNext = true;
  const open: World["open"] = (trusted) =>
    contended(world.open(trusted), async () => {
      // Every append meets it once.
      if (isNext) await appendEvidence(world);
      isNext = !isNext;
    });
  await world.operator({ open }).reconcile("a");
  const story = await world.story();
  assert.deepEqual(story.filter((type) => type !== "Evidence"), await quiet.story());
  assert.equal(story.length, 2 * (await quiet.story()).length);
  assert.deepEqual(world.kube.calls, quiet.kube.calls);
});

Deno.test("a term that ends while others append ends the attempts as well", async () => {
  await using world = await makeWorld();
  world.putAgent("a", {});
  const term = termOf();
  let attempts = 0;
  const open: World["open"] = (trusted) =>
    contended(world.open(trusted), async () => {
      await appendEvidence(world);
      if (++attempts === 3) term.end();
    });
  await assert.rejects(world.operator({ open }).reconcile("a", term), LeadershipLostError);
  assert.deepEqual(await world.story(), ["Evidence", "Evidence", "Evidence"]);
});
