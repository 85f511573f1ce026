import assert from "node:assert/strict";
import { operatorSettings } from "../../src/config/operator_settings.ts";
import { LogStoreError } from "../../src/eventlog/log_objects.ts";
import { KubeError } from "../../src/operator/kube/kube_error.ts";
import type { KubeObject, ResourceKind } from "../../src/operator/kube/kube_object.ts";
import { Operator, type OperatorOptions } from "../../src/operator/operator.ts";
import { MemoryKube } from "./agent/memory_kube.ts";
import { watched } from "./agent/watched_log.ts";
import { makeWorld } from "./agent/world.ts";
import { when } from "./when.ts";
import { withOperator } from "./with_operator.ts";

/** A cluster in memory where nothing ever changes by itself. */
class StillKube extends MemoryKube {
  list<T extends KubeObject>({ kind }: ResourceKind<T>) {
    const items = [...this.objects.values()].filter((object): object is T => object.kind === kind);
    return Promise.resolve({ items, resourceVersion: "1" });
  }

  async *watch(_kind: unknown, _from: unknown, { signal }: { readonly signal?: AbortSignal } = {}) {
    await new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
    yield* [];
  }

  create<T extends KubeObject>(kind: ResourceKind<T>, object: T): Promise<T> {
    return this.#stored(kind, object);
  }

  async replace<T extends KubeObject>(kind: ResourceKind<T>, object: T): Promise<T> {
    const { metadata: { resourceVersion } } = object;
    const there = await this.get(kind, object.metadata);
    if (there?.metadata.resourceVersion === resourceVersion) {
      return await this.#stored(kind, object);
    }
    throw new KubeError(409, "Conflict", "it is another one by now");
  }

  async #stored<T extends KubeObject>(kind: ResourceKind<T>, object: T): Promise<T> {
    this.put(object);
    return await this.get(kind, object.metadata) ?? object;
  }
}

/** Of an operator whose lease is taken from it soon. */
const ELECTED = {
  RYNXS_LEADER_ELECTION_ENABLED: "1",
  POD_NAME: "operator-0",
  RYNXS_LEASE_DURATION_SECONDS: "3",
  RYNXS_RENEW_DEADLINE_SECONDS: "2",
  RYNXS_RETRY_PERIOD_SECONDS: "1",
};

Deno.test("an operator is ready when it has a list of agents, and reads its log", async () => {
  const api = new StillKube();
  await using world = await makeWorld(api);
  world.putAgent("a", {});
  const settings = operatorSettings({}, world.path);
  await withOperator({ api, settings, openLog: world.open }, async (operator) => {
    assert.match(operator.unready() ?? "", /not been listed/);
    await when(() => operator.facts().reconciling);
    assert.deepEqual([operator.unready(), operator.stuck()], [undefined, undefined]);
    await when(() => api.calls.some(({ verb }) => verb === "applyStatus"));
  });
  assert.equal((await world.story()).length, 6);
});

Deno.test("who has lost its lease is no less ready for a log that could not be read then", async () => {
  const api = new StillKube();
  await using world = await makeWorld(api);
  const settings = operatorSettings(ELECTED, world.path);
  const openLog: OperatorOptions["openLog"] = (trusted) =>
    watched(world.open(trusted), { canRead: () => false });
  await withOperator({ api, settings, openLog }, async (operator) => {
    await when(() => operator.unready()?.startsWith("the log cannot be used") ?? false);
    const [lease] = [...api.objects.values()].filter(({ kind }) => kind === "Lease");
    const spec = { holderIdentity: "another", leaseDurationSeconds: 30, leaseTransitions: 7 };
    assert.ok(lease);
    api.put({ ...lease, ...{ spec } });
    await when(() => operator.unready() === undefined);
    assert.equal(operator.stuck(), undefined);
  });
});

Deno.test("an operator that fails ends, and does not wait for its agents for ever", async () => {
  const api = new StillKube();
  await using world = await makeWorld(api);
  const settings = {
    ...operatorSettings({}, world.path),
    get resync(): number {
      throw new TypeError("nobody foresaw it");
    },
  };
  const operator = new Operator({ api, settings, openLog: world.open });
  await assert.rejects(operator.run(new AbortController().signal), TypeError);
});

Deno.test("a log that cannot be opened is opened again", async () => {
  const api = new StillKube();
  await using world = await makeWorld(api);
  let openings = 0;
  const openLog: OperatorOptions["openLog"] = (trusted) => {
    if (++openings === 1) throw new LogStoreError("NetworkError", "nobody answers");
    return world.open(trusted);
  };
  const settings = operatorSettings({}, world.path);
  await withOperator({ api, settings, openLog }, async (operator) => {
    await when(() => operator.facts().reconciling);
    assert.equal(operator.unready(), undefined);
  });
});
