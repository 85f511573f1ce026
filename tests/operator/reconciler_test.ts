import assert from "node:assert/strict";
import fc from "fast-check";
import { CheckpointStore } from "../../src/eventlog/checkpoint/checkpoint_store.ts";
import { createCheckpoint } from "../../src/eventlog/checkpoint/create_checkpoint.ts";
import { replay } from "../../src/eventlog/checkpoint/replay.ts";
import { stateBytes, stateHash } from "../../src/eventlog/checkpoint/state.ts";
import { universeReducer } from "../../src/eventlog/checkpoint/universe_reducer.ts";
import { verifyPointers } from "../../src/eventlog/audit/pointers.ts";
import { JsonNumber } from "../../src/eventlog/json.ts";
import { SigningKey } from "../../src/eventlog/signing_key.ts";
import { KubeError, KubeUnreachableError } from "../../src/operator/kube/kube_error.ts";
import { ReconcileFailedError } from "../../src/operator/reconciler.ts";
import { LeadershipLostError } from "../../src/operator/term.ts";
import { ROLES } from "../../src/operator/agent/spec_schema.ts";
import { termOf } from "./agent/agent_fixture.ts";
import { MemoryKube } from "./agent/memory_kube.ts";
import { watched } from "./agent/watched_log.ts";
import { makeWorld, refOf, type World } from "./agent/world.ts";

/** What is recorded of an agent that is new. */
const MADE = [
  "AgentObserved",
  "ActionsDecided",
  "EnsureConfigMap CREATED",
  "EnsureDeployment CREATED",
  "EnsureNetworkPolicy CREATED",
  "EnsurePVC CREATED",
];

/** What was recorded while something was done. */
async function newsOf(world: World, run: () => Promise<unknown>): Promise<readonly string[]> {
  const before = (await world.story()).length;
  await run();
  return (await world.story()).slice(before);
}

Deno.test("an agent is made once, however often it is looked at", async () => {
  await using world = await makeWorld();
  const operator = world.operator();
  world.putAgent("a", {});
  assert.deepEqual(await operator.reconcile("a"), { requeueAfter: 15_000 });
  const calls = world.kube.calls.length;
  await operator.reconcile("a");
  await world.operator().reconcile("a");
  assert.deepEqual(await world.story(), MADE);
  const statuses = world.kube.calls.slice(calls).filter(({ verb }) => verb === "applyStatus");
  assert.deepEqual(statuses, []);
});

/** Since when an agent does not run, on new year's day, and how long it is left alone. Seconds. */
const WAITS = [
  ["2026-01-01T00:00:00Z", 15],
  ["2025-12-31T23:58:00Z", 120],
  ["2025-12-24T00:00:00Z", 300],
  ["yesterday", 15],
] as const;

for (const [lastTransitionTime, wait] of WAITS) {
  Deno.test(`an agent that does not run since ${lastTransitionTime} is looked at in ${wait} s`, async () => {
    await using world = await makeWorld();
    world.putAgent("a", {});
    const agent = world.kube.agent(refOf("a"));
    const condition = { type: "Available", status: "False", reason: "R", message: "m" };
    const status = { conditions: [{ ...condition, lastTransitionTime }] };
    assert.ok(agent);
    world.kube.put({ ...agent, ...{ status } });
    assert.deepEqual(await world.operator().reconcile("a"), { requeueAfter: wait * 1_000 });
  });
}

Deno.test("an agent that nobody knows of and nobody sees is nothing to record", async () => {
  await using world = await makeWorld();
  assert.deepEqual(await world.operator().reconcile("a"), {});
  assert.deepEqual(await world.story(), []);
});

Deno.test("an agent that was seen too late is not taken for one that is gone", async () => {
  await using world = await makeWorld();
  world.putAgent("a", {});
  await world.operator().reconcile("a");
  const late = Object.assign(new MemoryKube(), { objects: world.kube.objects });
  late.agent = () => undefined;
  await world.operator({ api: late }).reconcile("a");
  assert.deepEqual(await world.story(), MADE);
});

Deno.test("agents that the log knows of are told, so that nobody forgets one that is gone", async () => {
  await using world = await makeWorld();
  for (const name of ["a", "b"]) {
    world.putAgent(name, {});
    await world.operator().reconcile(name);
  }
  world.deleteAgent("a");
  const operator = world.operator();
  assert.deepEqual(await operator.known(), [refOf("a"), refOf("b")]);
  assert.deepEqual(await newsOf(world, () => operator.reconcile("a")), ["AgentDeleted"]);
  assert.deepEqual(await operator.known(), [refOf("b")]);
});

Deno.test("after a decision every action of it is recorded, changed by it or not", async () => {
  await using world = await makeWorld();
  const operator = world.operator();
  world.putAgent("a", { role: "worker" });
  await operator.reconcile("a");
  world.putAgent("a", { role: "manager" });
  const news = await newsOf(world, () => operator.reconcile("a"));
  assert.deepEqual(news, [
    "AgentObserved",
    "ActionsDecided",
    "DeleteNetworkPolicy DELETED",
    "EnsureConfigMap PATCHED",
    "EnsureDeployment ALREADY_MATCHED",
    "EnsureNetworkPolicy CREATED",
    "EnsurePVC ALREADY_MATCHED",
  ]);
  assert.deepEqual(await newsOf(world, () => operator.reconcile("a")), []);
});

Deno.test("what was changed by somebody else is put right and recorded, each time", async () => {
  await using world = await makeWorld();
  const operator = world.operator();
  world.putAgent("a", {});
  await operator.reconcile("a");
  for (let time = 0; time < 2; time++) {
    world.kube.objects.delete("PersistentVolumeClaim/universe/a-workspace");
    const news = await newsOf(world, () => operator.reconcile("a"));
    assert.deepEqual(news, ["EnsurePVC CREATED"]);
  }
});

Deno.test("what the log says of agents with other ids than agents have is nothing to look at", async () => {
  await using world = await makeWorld();
  {
    await using opened = world.open();
    for (const aggregateId of ["a", "/a", "a/", "a/b/c", ""]) {
      const event = { type: "AgentObserved", aggregateId, payload: {}, hashVersion: "v2" } as const;
      await opened.log.append({ ...event, ts: new JsonNumber("0") });
    }
  }
  assert.deepEqual(await world.operator().known(), []);
});

Deno.test("an agent that is being deleted is left in peace", async () => {
  await using world = await makeWorld();
  world.putAgent("a", {});
  const agent = world.kube.agent(refOf("a"));
  assert.ok(agent);
  const deletionTimestamp = "2026-01-01T00:00:00Z";
  world.kube.put({ ...agent, metadata: { ...agent.metadata, deletionTimestamp } });
  assert.deepEqual(await world.operator().reconcile("a"), {});
  assert.deepEqual(await world.story(), []);
});

Deno.test("an agent with the name of one that is gone is a new one", async () => {
  await using world = await makeWorld();
  const operator = world.operator();
  world.putAgent("a", {});
  await operator.reconcile("a");
  world.deleteAgent("a");
  await operator.reconcile("a");
  world.putAgent("a", {}, "uid-of-another");
  assert.deepEqual(await newsOf(world, () => operator.reconcile("a")), MADE);
});

Deno.test("an agent that cannot be understood fails, and nothing is done for it", async () => {
  await using world = await makeWorld();
  world.putAgent("a", { role: "emperor" });
  assert.deepEqual(await world.operator().reconcile("a"), {});
  const status = world.kube.agent(refOf("a"))?.status;
  assert.equal(status?.phase, "Failed");
  assert.ok(status.conditions?.some(({ reason }) => reason === "InvalidSpec"));
  assert.deepEqual(await world.story(), []);
});

Deno.test("an agent whose events are too long fails, and the operator goes on", async () => {
  await using world = await makeWorld();
  const operator = world.operator();
  // The observation has room for it, the decision, which says it in quotes, has not.
  for (const text of ["x".repeat(70_000), '"'.repeat(25_000)]) {
    world.putAgent("long", { text });
    await operator.reconcile("long");
    const status = world.kube.agent(refOf("long"))?.status;
    assert.equal(status?.phase, "Failed");
    assert.ok(status.conditions?.some(({ reason }) => reason === "Unrecordable"));
    assert.deepEqual(await newsOf(world, () => operator.reconcile("long")), []);
  }
  world.putAgent("a", {});
  assert.deepEqual(await newsOf(world, () => operator.reconcile("a")), MADE);
});

Deno.test("an agent that is nested as deep as an event may be keeps no checkpoint from being made", async () => {
  await using world = await makeWorld();
  const key = SigningKey.generate();
  const operator = world.operator({ checkpoints: { key, every: 1 } });
  world.putAgent("deep", { value: JSON.parse("[".repeat(496) + "]".repeat(496)) });
  world.putAgent("a", {});
  for (const name of ["deep", "a"]) await operator.reconcile(name);
  assert.equal(world.kube.agent(refOf("deep"))?.status?.phase, "Failed");
  assert.deepEqual(await world.story(), MADE);
  await operator.journal[Symbol.asyncDispose]();
  await using opened = world.open();
  const kept = await new CheckpointStore(opened.objects, opened.prefix).list();
  assert.ok(kept.length > 0);
});

Deno.test("with another runtime class the deployment is decided anew upon the same observation", async () => {
  await using world = await makeWorld();
  world.putAgent("a", {});
  await world.operator().reconcile("a");
  const settings = { runtimeClassName: "gvisor" };
  const news = await newsOf(world, () => world.operator({ settings }).reconcile("a"));
  assert.deepEqual(news, ["ActionsDecided", "EnsureDeployment PATCHED"]);
  await using opened = world.open();
  assert.equal((await verifyPointers(opened.log)).valid, true);
});

Deno.test("when somebody else writes to the log, a reconcile begins again and records no step twice", async () => {
  await using world = await makeWorld();
  const [one, other] = [world.operator(), world.operator()];
  for (const name of ["a", "b"]) world.putAgent(name, {});
  await one.reconcile("a");
  await other.reconcile("b");
  await one.reconcile("b");
  await other.reconcile("a");
  assert.deepEqual(await world.story(), [...MADE, ...MADE]);
});

/** A server that refuses what is done to an object. */
function refusing(world: World, object: string, error: () => Error): void {
  world.kube.around = (call, run) =>
    call.verb === "apply" && call.object === object ? Promise.reject(error()) : run();
}

Deno.test("a fault is recorded once, until it is another one, or is gone", async () => {
  await using world = await makeWorld();
  const operator = world.operator();
  const failing = () => assert.rejects(operator.reconcile("a"), ReconcileFailedError);
  const forbid = () => new KubeError(403, "Forbidden", `no, at ${Math.random()}`);
  world.putAgent("a", {});
  refusing(world, "PersistentVolumeClaim/universe/a-workspace", forbid);
  assert.equal((await newsOf(world, failing)).at(-1), "EnsurePVC K8S_FORBIDDEN");
  assert.equal(world.kube.agent(refOf("a"))?.status?.phase, "Failed");
  assert.deepEqual(await newsOf(world, failing), []);
  world.kube.around = (_, run) => run();
  assert.deepEqual(await newsOf(world, () => operator.reconcile("a")), ["EnsurePVC CREATED"]);
  refusing(world, "PersistentVolumeClaim/universe/a-workspace", forbid);
  assert.deepEqual(await newsOf(world, failing), ["EnsurePVC K8S_FORBIDDEN"]);
  refusing(
    world,
    "PersistentVolumeClaim/universe/a-workspace",
    () => new KubeError(409, "Conflict", "somebody was faster"),
  );
  assert.deepEqual(await newsOf(world, failing), ["EnsurePVC K8S_CONFLICT"]);
  assert.equal(world.kube.agent(refOf("a"))?.status?.phase, "Pending");
  world.kube.around = (_, run) => run();
  const news = await newsOf(world, () => operator.reconcile("a"));
  assert.deepEqual(news, ["EnsurePVC ALREADY_MATCHED"]);
});

Deno.test("one action that fails keeps no other from being done", async () => {
  await using world = await makeWorld();
  world.putAgent("a", {});
  refusing(world, "ConfigMap/universe/a-spec", () => new KubeError(422, "Invalid", "it is not"));
  await assert.rejects(world.operator().reconcile("a"), ReconcileFailedError);
  assert.deepEqual((await world.story()).slice(2), [
    "EnsureConfigMap K8S_INVALID",
    ...MADE.slice(3),
  ]);
});

Deno.test("nobody is asked more when nobody answers", async () => {
  await using world = await makeWorld();
  world.putAgent("a", {});
  world.kube.around = () => Promise.reject(new KubeUnreachableError("nobody is there"));
  await assert.rejects(world.operator().reconcile("a"), KubeUnreachableError);
  assert.deepEqual((await world.story()).slice(2), ["EnsureConfigMap K8S_UNREACHABLE"]);
  assert.deepEqual(world.kube.calls.map(({ verb }) => verb), ["get", "applyStatus"]);
});

Deno.test("a term that ends in the middle leaves no record behind it", async () => {
  await using world = await makeWorld();
  const term = termOf();
  world.putAgent("a", {});
  world.kube.around = async (call, run) => {
    const result = await run();
    if (call.verb === "apply") term.end();
    return result;
  };
  await assert.rejects(world.operator().reconcile("a", term), LeadershipLostError);
  assert.deepEqual(await world.story(), MADE.slice(0, 2));
  assert.equal(world.kube.calls.filter(({ verb }) => verb !== "get").length, 1);
});

Deno.test("a checkpoint between an observation and its decision hides neither", async () => {
  await using world = await makeWorld();
  world.putAgent("a", {});
  let appends = 0;
  const open: World["open"] = (trusted) =>
    watched(world.open(trusted), { fate: () => ++appends > 1 ? "before" : "done" });
  await assert.rejects(world.operator({ open }).reconcile("a"));
  const checkpoints = { key: await checkpointed(world), every: 1_000 };
  await world.operator({ checkpoints }).reconcile("a");
  assert.deepEqual(await world.story(), MADE);
});

/** Makes a checkpoint of a log as it is. */
async function checkpointed(world: World): Promise<SigningKey> {
  const key = SigningKey.generate();
  await using opened = world.open();
  const store = new CheckpointStore(opened.objects, opened.prefix);
  await store.save(await createCheckpoint({ log: opened.log, key }));
  return key;
}

/** Something that happens to an agent. */
type Happening =
  | { readonly kind: "put"; readonly agent: string; readonly spec: Record<string, unknown> }
  | { readonly kind: "delete" | "look" | "drift"; readonly agent: string };

const agent = fc.constantFrom("a", "b");

const happenings: fc.Arbitrary<Happening[]> = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant("put" as const),
      agent,
      spec: fc.record({
        role: fc.constantFrom(...ROLES),
        luck: fc.constantFrom(1, 0.5, "x", null, { deep: [1e21, -0] }),
      }),
    }),
    fc.record({
      kind: fc.constantFrom("delete" as const, "look" as const, "drift" as const),
      agent,
    }),
  ),
  { minLength: 1, maxLength: 8 },
);

/** Lets it happen in a world, and an operator look at it. */
async function live(
  world: World,
  all: readonly Happening[],
  operatorAt: (step: number) => Promise<ReturnType<World["operator"]>>,
): Promise<void> {
  for (const [step, happening] of all.entries()) {
    const { agent: name, kind } = happening;
    if (kind === "put") world.putAgent(name, happening.spec);
    if (kind === "delete") world.deleteAgent(name);
    if (kind === "drift") world.kube.objects.delete(`ConfigMap/universe/${name}-spec`);
    await (await operatorAt(step)).reconcile(name);
  }
}

Deno.test("the same in the same order gives the same log byte by byte, wherever and by whomever", async () => {
  await fc.assert(
    fc.asyncProperty(happenings, async (all) => {
      await using one = await makeWorld();
      const operator = one.operator();
      await live(one, all, () => Promise.resolve(operator));

      await using other = await makeWorld(new MemoryKube(1_000));
      await live(other, all, async () => {
        const isBegun = (await other.story().catch(() => [])).length > 0;
        const checkpoints = isBegun ? { key: await checkpointed(other), every: 2 } : undefined;
        return other.operator({ checkpoints });
      });
      assert.deepEqual(await other.story(), await one.story());
      assert.deepEqual(await other.bytes(), await one.bytes());

      await using opened = one.open();
      const { state } = await replay(opened.log, universeReducer);
      assert.equal(
        stateHash(stateBytes(operator.journal.universe.state())),
        stateHash(stateBytes(state)),
      );
      const news = await newsOf(one, async () => {
        for (const name of ["a", "b"]) await operator.reconcile(name);
      });
      assert.deepEqual(news, []);
    }),
    { numRuns: 20 },
  );
});
