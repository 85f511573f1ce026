import assert from "node:assert/strict";
import { oneLeader } from "../../../src/cli/validate/checks/one_leader.ts";
import { SMOKE_TEST } from "../../../src/cli/validate/checks/smoke.ts";
import { metricsAt, metricsOfPods } from "../../../src/cli/validate/cluster/metrics.ts";
import { sumOf } from "../../../src/cli/validate/cluster/metrics_text.ts";
import type { Context } from "../../../src/cli/validate/context.ts";
import { found, OPERATOR, pod, type Told, ToldCluster } from "./told_cluster.ts";

const [smokeLeader] = SMOKE_TEST;

const NOW = "2026-03-04T05:06:07Z";

function lease(spec: object = {}): Told {
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name: "rynxs-operator-leader", namespace: "rynxs" },
    spec: {
      holderIdentity: "p1",
      renewTime: "2026-03-04T05:06:00.000000Z",
      leaseDurationSeconds: 30,
      ...spec,
    },
  };
}

function metrics(leads: 0 | 1, failures = 0): string {
  return [
    "# HELP rynxs_leader_election_status Whether this replica leads: 1, or 0.",
    `rynxs_leader_election_status ${leads}`,
    `rynxs_leader_election_failures_total{reason="conflict"} ${failures}`,
    `rynxs_leader_election_failures_total{reason="a } b"} 1 1700000000000`,
  ].join("\n");
}

/** A cluster whose pods p1, p2, … answer so. */
function given(
  texts: readonly string[],
  leases: readonly Told[] = [lease()],
): Partial<Context> & { readonly told: ToldCluster } {
  const pods = texts.map((_, index) => pod(`p${index + 1}`, "n"));
  const told = new ToldCluster([...pods, ...leases]);
  for (const [index, text] of texts.entries()) {
    told.texts.set(`/api/v1/namespaces/rynxs/pods/p${index + 1}:8080/proxy/metrics`, text);
  }
  const place = {
    cluster: () => Promise.resolve(told),
    namespace: "rynxs",
    selector: OPERATOR,
  };
  return { ...place, told, metrics: metricsOfPods(place), now: () => new Date(NOW) };
}

Deno.test("sumOf adds up the samples of one metric, whatever their labels hold", () => {
  assert.equal(sumOf(metrics(1, 4), "rynxs_leader_election_failures_total"), 5);
  assert.equal(sumOf(metrics(1), "rynxs_leader_election_status"), 1);
  assert.equal(sumOf(metrics(1), "rynxs_leader"), undefined);
});

Deno.test("one leader that holds a fresh lease passes", async () => {
  for (const check of [oneLeader, smokeLeader!]) {
    const { verdict, reasons } = await found(check, "post", given([metrics(1), metrics(0)]));
    assert.deepEqual([verdict, reasons], ["pass", []]);
  }
});

const HOLDERS: readonly (readonly [what: string, holder: string, env?: object])[] = [
  ["the name of a pod", "p1"],
  ["the name of a pod, with an id as client-go's", "p1_5b1d"],
  ["the identity that a pod is given", "writer-7", { name: "RYNXS_WRITER_ID", value: "writer-7" }],
];

for (const [what, holderIdentity, env] of HOLDERS) {
  Deno.test(`a holder is known by ${what}`, async () => {
    const context = given([metrics(1)], [lease({ holderIdentity })]);
    if (env !== undefined) {
      const containers = [{ name: "operator", env: [env] }];
      context.told.objects[0] = pod("p1", "n", { containers });
    }
    assert.deepEqual((await found(oneLeader, "post", context)).reasons, []);
  });
}

const FAULTS: readonly (readonly [string, Partial<Context>, RegExp])[] = [
  ["no leader", given([metrics(0), metrics(0)]), /the sum of rynxs_leader_election_status is 0/],
  ["two leaders", given([metrics(1), metrics(1)]), /the sum of rynxs_leader_election_status is 2/],
  ["pods without the metric", given(["up 1"]), /status is 0, not 1/],
  ["no lease", given([metrics(1)], []), /there is no Lease rynxs\/rynxs-operator-leader/],
  ["a lease of nobody", given([metrics(1)], [lease({ holderIdentity: "" })]), /nobody holds the/],
  ["a stranger", given([metrics(1)], [lease({ holderIdentity: "p10" })]), /p10 is none of the/],
  [
    "a lease that ran out",
    given([metrics(1)], [lease({ renewTime: "2026-03-04T05:05:00.000000Z" })]),
    /the lease is older than it may be, and nobody renews it/,
  ],
  [
    "a lease that was never renewed",
    given([metrics(1)], [lease({ renewTime: undefined })]),
    /older/,
  ],
];

for (const [what, context, reason] of FAULTS) {
  Deno.test(`one-leader fails for ${what}`, async () => {
    const { verdict, reasons } = await found(oneLeader, "post", context);
    assert.equal(verdict, "fail");
    assert.match(reasons.join("\n"), reason);
  });
}

Deno.test("a pod that does not answer is a fail", async () => {
  const context = given([metrics(1), metrics(0)]);
  context.told.texts.clear();
  const { verdict, reasons } = await found(oneLeader, "post", context);
  assert.equal(verdict, "fail");
  assert.match(reasons.join(), /nothing answers at .*\/pods\/p\d:8080\/proxy\/metrics/);
});

Deno.test("a lease that is renewed between two looks is fresh, whatever clocks say", async () => {
  const context = given([metrics(1)], [lease({ renewTime: "2026-03-04T04:00:00.000000Z" })]);
  const { told } = context;
  const read = told.get.bind(told);
  let looks = 0;
  told.get = (kind, ref) => {
    const renewTime = `2026-03-04T04:00:0${looks++}.000000Z`;
    told.objects[told.objects.length - 1] = lease({ renewTime });
    return read(kind, ref);
  };
  assert.deepEqual((await found(oneLeader, "post", context)).reasons, []);
});

/** Serves metrics; each pod under a path of its own. */
async function withServer(
  answer: (path: string) => Response,
  run: (url: string) => Promise<void>,
): Promise<void> {
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  const server = Deno.serve(options, ({ url }) => answer(new URL(url).pathname));
  try {
    await run(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
}

Deno.test("failures that grow between two looks at the metrics are a fail", async () => {
  let failures = 3;
  await withServer(() => new Response(metrics(1, failures++)), async (url) => {
    const context = { ...given([metrics(1)]), metrics: metricsAt([`${url}/metrics`]) };
    const { reasons } = await found(oneLeader, "post", context);
    assert.deepEqual(reasons, [
      `rynxs_leader_election_failures_total of ${url}/metrics went from 4 to 5`,
    ]);
  });
});

Deno.test("metrics of fewer pods than run are a fail, and so is an answer that is none", async () => {
  const answer = (path: string) =>
    path === "/one" ? new Response(metrics(1)) : new Response(null, { status: 500 });
  await withServer(answer, async (url) => {
    const context = given([metrics(1), metrics(0)]);
    const few = await found(oneLeader, "post", { ...context, metrics: metricsAt([`${url}/one`]) });
    assert.deepEqual(few.reasons, ["2 running pods, and metrics of 1"]);
    const urls = [`${url}/one`, `${url}/two`];
    const none = await found(oneLeader, "post", { ...context, metrics: metricsAt(urls) });
    assert.deepEqual(none.reasons, [`${url}/two answers 500`]);
  });
});
