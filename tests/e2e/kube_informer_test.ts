import assert from "node:assert/strict";
import { Informer } from "../../src/operator/informer.ts";
import { CONFIG_MAP } from "../../src/operator/kinds.ts";
import { clusterAccess } from "../../src/operator/kube/cluster_access.ts";
import { KubeClient } from "../../src/operator/kube/kube_client.ts";
import { startKubernetes } from "../harness/kubernetes.ts";
import { eventually } from "./eventually.ts";
import { BreakableWire } from "./kube_breakable_wire.ts";
import { PseudoRandom } from "./pseudo_random.ts";

const NAMES = ["a", "b", "c", "d", "e", "f"];
const STEPS = 400;
const PATIENCE = { leastDelay: 0, baseDelay: 20, maxDelay: 200, random: Math.random };

function configMap(name: string, value: string) {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "default" },
    data: { value },
  };
}

Deno.test("an informer whose connections break at random comes to know what the server has", async () => {
  const random = new PseudoRandom(Math.floor(Math.random() * 2 ** 32));
  await using kubernetes = await startKubernetes();
  await using wire = new BreakableWire(kubernetes.server);
  using direct = new KubeClient(await clusterAccess({ KUBECONFIG: kubernetes.kubeconfig }));
  const broken = await kubernetes.writeKubeconfig("broken", kubernetes.adminToken, wire.url);
  using client = new KubeClient(await clusterAccess({ KUBECONFIG: broken }), {
    watch: { length: () => 1 + random.below(3) },
  });
  const seen = new Map<string, string>();
  let faults = 0;
  const informer = new Informer(client, CONFIG_MAP, {
    selection: { namespace: "default" },
    patience: PATIENCE,
    onChange(ref) {
      const version = informer.get(ref)?.metadata.resourceVersion;
      if (version === undefined) seen.delete(ref.name);
      else seen.set(ref.name, version);
    },
    onError: () => faults++,
  });
  const controller = new AbortController();
  const running = informer.run(controller.signal);
  try {
    for (let step = 0; step < STEPS; step++) {
      const name = random.pick(NAMES);
      const happening = random.below(10);
      if (happening < 5) {
        const manager = { fieldManager: "holdfast-test" };
        await direct.apply(CONFIG_MAP, configMap(name, `${step}`), manager);
      } else if (happening < 8) await direct.delete(CONFIG_MAP, { namespace: "default", name });
      else wire.break();
    }
    await eventually(async () => {
      const { items } = await direct.list(CONFIG_MAP, { namespace: "default" });
      const there = items.map(({ metadata }) => [metadata.name, metadata.resourceVersion]);
      const cached = informer.all().map((
        { metadata },
      ) => [metadata.name, metadata.resourceVersion]);
      assert.deepEqual(cached.sort(), there.sort(), `seed ${random.seed}`);
      assert.deepEqual([...seen].sort(), there.sort(), `seed ${random.seed}`);
    }, 20_000);
    assert(faults > 0, "no connection broke");
  } finally {
    controller.abort();
    await running;
  }
});
