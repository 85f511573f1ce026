import assert from "node:assert/strict";
import { asJson } from "../../../src/eventlog/as_json.ts";
import type { EventLog } from "../../../src/eventlog/event_log.ts";
import { isJsonObject, JsonNumber } from "../../../src/eventlog/json.ts";
import { FileLog } from "../../../src/eventlog/file_log.ts";
import { eventWritten } from "../../../src/cli/validate/checks/event_written.ts";
import { fencing } from "../../../src/cli/validate/checks/fencing.ts";
import { SMOKE_TEST } from "../../../src/cli/validate/checks/smoke.ts";
import { inDirectory } from "../holdfast.ts";
import { keptLog } from "../log_directory.ts";
import { found, type Told, ToldCluster } from "./told_cluster.ts";

const [, smokeEvents] = SMOKE_TEST;

const TOKEN = {
  holder_identity: "p1",
  resource_version: "12",
  renew_time: "2026-01-01T00:00:00.000000Z",
  epoch: 3,
};

async function append(
  log: EventLog,
  token: object | undefined,
  type = "AgentObserved",
  aggregateId = "rynxs/test-prod-validation",
): Promise<void> {
  const meta = asJson(token === undefined ? {} : { fencing_token: token });
  assert.ok(isJsonObject(meta));
  const event = { type, aggregateId, ts: new JsonNumber("1"), payload: {}, meta };
  await log.append({ ...event, hashVersion: "v2" });
}

async function withLog(run: (log: EventLog) => Promise<void>): Promise<void> {
  await inDirectory(async (directory) => {
    await using log = new FileLog({ path: `${directory}/events.jsonl` });
    await run(log);
  });
}

/** A cluster in which the operator appends something for each agent that is created. */
function operated(onCreate: () => void, objects: readonly Told[] = []) {
  const told = new ToldCluster(objects);
  told.onCreate = onCreate;
  return { told, cluster: () => Promise.resolve(told) };
}

Deno.test("an event for the agent passes, and the agent is gone afterwards", async () => {
  await withLog(async (log) => {
    // What was there before is not what the agent became.
    await append(log, undefined);
    const { told, cluster } = operated(() => {
      const [{ kind, apiVersion, metadata, spec }] = told.objects as [Told];
      assert.deepEqual([kind, apiVersion], ["Agent", "universe.ai/v1alpha1"]);
      assert.deepEqual([metadata.name, metadata.namespace], ["test-prod-validation", "rynxs"]);
      assert.deepEqual(spec, { role: "sandbox", image: "python:3.11-slim" });
      append(log, undefined, "AgentObserved", "rynxs/another").then(() => append(log, TOKEN));
    });
    const finding = await found(eventWritten, "post", { cluster, log: () => Promise.resolve(log) });
    assert.deepEqual(finding.reasons, []);
    assert.deepEqual(finding.seen, [
      "event 2: AgentObserved of rynxs/test-prod-validation by p1 under epoch 3",
    ]);
    assert.deepEqual(told.objects, []);
  });
});

const TOKENS: readonly (readonly [what: string, token: object | undefined, RegExp])[] = [
  ["no token", undefined, /has no fencing_token/],
  [
    "a token without election",
    { ...TOKEN, epoch: 0, renew_time: null },
    /without renew_time, epoch/,
  ],
  ["an empty version", { ...TOKEN, resource_version: "" }, /without resource_version/],
  ["no holder", { ...TOKEN, holder_identity: undefined }, /without holder_identity/],
];

for (const [what, token, reason] of TOKENS) {
  Deno.test(`an event with ${what} is a fail, and the agent is gone all the same`, async () => {
    await withLog(async (log) => {
      const { told, cluster } = operated(() => void append(log, token));
      const given = { cluster, log: () => Promise.resolve(log) };
      const { verdict, reasons } = await found(eventWritten, "post", given);
      assert.equal(verdict, "fail");
      assert.match(reasons.join(), reason);
      assert.deepEqual(told.objects, []);
      assert.match((await found(fencing, "post", given)).reasons.join(), reason);
    });
  });
}

Deno.test("no event in time is a fail, and the agent is gone all the same", async () => {
  await withLog(async (log) => {
    const { told, cluster } = operated(() => {});
    const given = { cluster, log: () => Promise.resolve(log), wait: 20 };
    const { reasons } = await found(eventWritten, "post", given);
    assert.deepEqual(reasons, [
      "no AgentObserved of test-prod-validation is in the log after 0.02 s",
    ]);
    assert.deepEqual(told.objects, []);
  });
});

Deno.test("an agent that somebody else created is left alone", async () => {
  const metadata = { name: "test-prod-validation", namespace: "rynxs" };
  const theirs: Told = { apiVersion: "universe.ai/v1alpha1", kind: "Agent", metadata };
  await withLog(async (log) => {
    const { told, cluster } = operated(() => {}, [theirs]);
    const finding = await found(eventWritten, "post", { cluster, log: () => Promise.resolve(log) });
    assert.equal(finding.verdict, "fail");
    assert.match(finding.reasons.join(), /that this run did not create, and it is left alone/);
    assert.deepEqual(told.objects, [theirs]);
  });
});

Deno.test("an agent that was created by a call that failed is removed", async () => {
  await withLog(async (log) => {
    const { told, cluster } = operated(() => {
      throw new Error("the connection broke");
    });
    const finding = await found(eventWritten, "post", { cluster, log: () => Promise.resolve(log) });
    assert.deepEqual(finding.reasons, ["the connection broke"]);
    assert.deepEqual(told.objects, []);
  });
});

Deno.test("an agent that cannot be removed is named", async () => {
  await withLog(async (log) => {
    const { told, cluster } = operated(() => void append(log, TOKEN));
    told.delete = () => Promise.reject(new Error("forbidden"));
    const finding = await found(eventWritten, "post", { cluster, log: () => Promise.resolve(log) });
    assert.deepEqual(finding.reasons, [
      "the Agent rynxs/test-prod-validation could not be removed again: forbidden",
    ]);
  });
});

Deno.test("fencing looks at the newest events only", async () => {
  await withLog(async (log) => {
    await append(log, undefined, "Old");
    for (let count = 0; count < 20; count++) await append(log, TOKEN);
    const given = { log: () => Promise.resolve(log) };
    const good = await found(fencing, "post", given);
    assert.deepEqual([good.verdict, good.reasons], ["pass", []]);
    assert.deepEqual(good.seen, ["the newest 20 events, by p1 under epoch 3"]);
    await append(log, undefined, "Rogue");
    const bad = await found(fencing, "post", given);
    assert.deepEqual(bad.reasons, ["event 21 (Rogue) has no fencing_token"]);
  });
});

Deno.test("a log that does not verify, or has no events, is a fail", async () => {
  await using broken = new FileLog({ path: keptLog("log-v1-edited-at-20") });
  const given = { log: () => Promise.resolve(broken) };
  for (const check of [fencing, smokeEvents!]) {
    assert.match((await found(check, "post", given)).reasons.join(), /seq 20: event_hash/);
  }
  await withLog(async (log) => {
    const empty = { log: () => Promise.resolve(log) };
    assert.deepEqual((await found(fencing, "post", empty)).reasons, ["the log has no events"]);
    await append(log, TOKEN);
    const { reasons } = await found(smokeEvents!, "post", empty);
    assert.deepEqual(reasons, ["the log has 1 event, not 2"]);
  });
});

Deno.test("tokens have to be documented as forensic, and as preventing nothing", async () => {
  const statement = (fencingStatement: string) => found(fencing, "pre", { fencingStatement });
  assert.equal((await statement("a forensic marker: it prevents nothing")).verdict, "pass");
  assert.equal((await statement("Forensic markers, which prevent\nnothing")).verdict, "pass");
  assert.match((await statement("it prevents nothing")).reasons.join(), /that they are forensic/);
  assert.match((await statement("a forensic lock")).reasons.join(), /that they prevent nothing/);
});
