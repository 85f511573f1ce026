import assert from "node:assert/strict";
import { CheckpointStore } from "../../../src/eventlog/checkpoint/checkpoint_store.ts";
import {
  createCheckpoint,
  EmptyLogError,
} from "../../../src/eventlog/checkpoint/create_checkpoint.ts";
import { verifyPointers } from "../../../src/eventlog/audit/pointers.ts";
import { canonicalJson } from "../../../src/eventlog/canonical_json.ts";
import { isJsonObject } from "../../../src/eventlog/json.ts";
import { SigningKey } from "../../../src/eventlog/signing_key.ts";
import { KubeUnreachableError } from "../../../src/operator/kube/kube_error.ts";
import { termOf } from "./agent_fixture.ts";
import { type Fate, watched } from "./watched_log.ts";
import { makeWorld, type TestOperator, type World } from "./world.ts";

/** Where a process stops: at a call of one of the two parts, before or after that has its effect. */
interface CrashPoint {
  readonly part: "cluster" | "log";
  /** Which one of its calls, from 1 on. */
  readonly call: number;
  readonly fate: Exclude<Fate, "done">;
}

/** More calls of a part than any reconcile needs. */
const MOST_CALLS = { cluster: 14, log: 8 } as const;

const POINTS: readonly CrashPoint[] = (["cluster", "log"] as const).flatMap((part) =>
  Array.from({ length: MOST_CALLS[part] }, (_, index) => index + 1).flatMap(
    (call) => (["before", "after"] as const).map((fate) => ({ part, call, fate })),
  )
);

/** An operator that stops at a point: from there on nothing that it tries has an effect. */
function doomed(world: World, point: CrashPoint) {
  let isReached = false;
  let isOver = false;
  const calls = { cluster: 0, log: 0 };
  const fateOf = (part: CrashPoint["part"]): Fate => {
    if (isOver) return "done";
    if (isReached) return "before";
    if (part !== point.part || ++calls[part] !== point.call) return "done";
    isReached = true;
    return point.fate;
  };
  world.kube.around = async (_, run) => {
    const fate = fateOf("cluster");
    if (fate === "before") throw new KubeUnreachableError("the process is gone");
    const result = await run();
    if (fate === "after") throw new KubeUnreachableError("the process is gone");
    return result;
  };
  const operator = world.operator({
    open: (trusted) => watched(world.open(trusted), { fate: () => fateOf("log") }),
  });
  return {
    operator,
    get isReached() {
      return isReached;
    },
    /** Nobody fails any more. */
    end: () => isOver = true,
  };
}

interface Scenario {
  readonly name: string;
  /** What was before. */
  prepare(world: World): Promise<void>;
  /** What an operator is to find. */
  happen(world: World): void;
}

async function made(world: World): Promise<void> {
  world.putAgent("a", { role: "worker" });
  await world.operator().reconcile("a");
}

const SCENARIOS: readonly Scenario[] = [
  {
    name: "a new agent",
    prepare: () => Promise.resolve(),
    happen: (world) => world.putAgent("a", { role: "worker" }),
  },
  {
    name: "an agent with another role",
    prepare: made,
    happen: (world) => world.putAgent("a", { role: "manager" }),
  },
  { name: "an agent that is gone", prepare: made, happen: (world) => world.deleteAgent("a") },
  {
    name: "an agent that is there again",
    async prepare(world) {
      await made(world);
      world.deleteAgent("a");
      await world.operator().reconcile("a");
    },
    happen: (world) => world.putAgent("a", { role: "worker" }, "uid-of-another"),
  },
];

/** Who goes on where a process has stopped. */
const SUCCESSORS: Readonly<
  Record<string, (world: World, before: TestOperator) => Promise<TestOperator>>
> = {
  "another replica": (world) => Promise.resolve(world.operator()),
  "a replica that goes on from a checkpoint": async (world) => {
    const key = SigningKey.generate();
    await using opened = world.open();
    try {
      const store = new CheckpointStore(opened.objects, opened.prefix);
      await store.save(await createCheckpoint({ log: opened.log, key }));
    } catch (error) {
      if (!(error instanceof EmptyLogError)) throw error;
    }
    return world.operator({ checkpoints: { key, every: 1_000 } });
  },
  "the same process in the same term": (_, before) => Promise.resolve(before),
};

/** What the log says, but for how much of each action was there already. */
async function gist(world: World): Promise<readonly string[]> {
  return (await world.records()).map(({ event: { aggregateId, payload, type } }) => {
    const { action_id = null, action_ids = null, spec_hash = null } = isJsonObject(payload)
      ? payload
      : {};
    return `${type} ${aggregateId} ${canonicalJson([action_id, action_ids, spec_hash])}`;
  });
}

/** What the cluster has, but for versions. */
function objects(world: World): readonly string[] {
  return [...world.kube.objects.keys()].sort();
}

for (const { name, prepare, happen } of SCENARIOS) {
  for (const [successor, goOn] of Object.entries(SUCCESSORS)) {
    Deno.test(`${name}: a stop at any point loses nothing and doubles nothing for ${successor}`, async () => {
      await using undisturbed = await makeWorld();
      await prepare(undisturbed);
      happen(undisturbed);
      await undisturbed.operator().reconcile("a");
      const expected = await gist(undisturbed);

      const reached: string[] = [];
      for (const point of POINTS) {
        const said = `${point.part} ${point.call} ${point.fate}`;
        await using world = await makeWorld();
        await prepare(world);
        happen(world);
        const crash = doomed(world, point);
        const term = termOf();
        const failed = await crash.operator.reconcile("a", term).then(() => false, () => true);
        crash.end();
        if (!crash.isReached) continue;
        assert.ok(failed, `${said}: it was taken for done`);
        reached.push(said);
        const next = await goOn(world, crash.operator);
        await next.reconcile("a", term);
        assert.deepEqual(await gist(world), expected, said);
        assert.deepEqual(objects(world), objects(undisturbed), said);
        await next.reconcile("a", term);
        assert.deepEqual(await gist(world), expected, `${said}, and once more`);
        await using opened = world.open();
        assert.equal((await verifyPointers(opened.log)).valid, true, said);
      }
      assert.ok(reached.length >= 4, `only these were reached: ${reached}`);
    });
  }
}
