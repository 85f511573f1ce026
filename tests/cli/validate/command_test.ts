import assert from "node:assert/strict";
import { XMLValidator } from "fast-xml-parser";
import { freePort } from "../../harness/free_port.ts";
import { holdfast, inDirectory } from "../holdfast.ts";

const CHART = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: rynxs-operator }
spec:
  replicas: 3
  template:
    metadata: { labels: { app.kubernetes.io/name: rynxs } }
    spec: { containers: [{ name: operator, image: "holdfast:1.2.3" }] }
`;

const MISUSES: readonly (readonly [args: readonly string[], RegExp])[] = [
  [["--only", "11"], /there is no check "11"/],
  [["--skip", "1,nothing"], /there is no check "nothing"/],
  [["--selector", "app in (a, b)"], /--selector app in \(a, b\): write it as KEY=VALUE/],
  [["--prometheus", "localhost:9090"], /--prometheus is no URL/],
  [["--metrics", "http://ada:secret@localhost/metrics"], /--metrics must have no name and no pass/],
  [["--wait", "soon"], /--wait must be a whole number/],
  [["--interval", "4000"], /--interval must be 3600 at most/],
  [["--policy", "p.json", "--file", "log.jsonl"], /--policy is for a bucket; say which by --s3/],
  [["--endpoint", "http://localhost"], /--endpoint says where --s3 is/],
];

for (const [args, message] of MISUSES) {
  Deno.test(`bad usage is 64: holdfast validate ${args.join(" ")}`, async () => {
    const { code, stdout, stderr } = await holdfast(["validate", ...args]);
    assert.deepEqual([code, stdout], [64, ""]);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /secret/);
  });
}

Deno.test("a chart is checked before there is a cluster, with a report for machines", async () => {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/3.yaml`, CHART);
    const junit = `${directory}/report.xml`;
    const args = ["validate", "--pre", "--only", "3", "--rendered", directory, "--junit", junit];
    const { code, stdout, stderr } = await holdfast(args);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.match(stdout, /^# +CHECK +RESULT +WHAT WAS SEEN\n3 +images-pinned +pass +\S/);
    assert.match(stdout, /\nsign-off {3}approved, for what was looked at\n/);
    const xml = await Deno.readTextFile(junit);
    assert.equal(XMLValidator.validate(xml), true);
    assert.match(xml, /<testcase .*name="3 images-pinned"/);
  });
});

Deno.test("a check that fails is 2, and says what to do", async () => {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/3.yaml`, CHART);
    const args = ["validate", "--pre", "--only", "pdb", "--rendered", `${directory}/3.yaml`];
    const { code, stdout } = await holdfast([...args, "--release", "other"]);
    assert.match(stdout, /no rendering has the operator's Deployment/);
    assert.equal(code, 2);
    const without = await holdfast(args);
    assert.match(without.stdout, /replicas 3: 0 PodDisruptionBudgets, not 1/);
    assert.match(without.stdout, /do: Render a PodDisruptionBudget only where replicaCount/);
    assert.equal(without.code, 2);
  });
});

Deno.test("a file that is named and cannot be used is 1", async () => {
  await inDirectory(async (directory) => {
    const none = `${directory}/none`;
    for (
      const args of [
        ["--pre", "--rendered", none],
        ["--pre", "--policy", none, "--s3", "s3://b/events"],
        ["--post", "--kubeconfig", none],
      ]
    ) {
      const { code, stdout, stderr } = await holdfast(["validate", ...args]);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.ok(stderr.includes(none), stderr);
    }
  });
});

Deno.test("a cluster that cannot be reached is a fail of each check that asks it", async () => {
  await inDirectory(async (directory) => {
    const kubeconfig = `${directory}/kubeconfig`;
    const server = `http://127.0.0.1:${freePort()}`;
    const config = {
      apiVersion: "v1",
      kind: "Config",
      clusters: [{ name: "c", cluster: { server } }],
      contexts: [{ name: "c", context: { cluster: "c" } }],
      "current-context": "c",
    };
    await Deno.writeTextFile(kubeconfig, JSON.stringify(config));
    await Deno.writeTextFile(`${directory}/log.jsonl`, "");
    const args = [
      "--post",
      "--json",
      "--kubeconfig",
      kubeconfig,
      "--file",
      `${directory}/log.jsonl`,
    ];
    const { code, stdout } = await holdfast(["validate", ...args]);
    const { checks, cluster, approved } = JSON.parse(stdout);
    const verdicts = Object.fromEntries(
      checks.map(({ id, verdict }: { id: string; verdict: string }) => [id, verdict]),
    );
    assert.deepEqual(verdicts, {
      "zone-spread": "fail",
      "images-pinned": "fail",
      pdb: "fail",
      fencing: "fail",
      "one-leader": "fail",
      "event-written": "fail",
      "alerts-loaded": "not-applicable",
      "smoke-leader": "fail",
      "smoke-events": "fail",
      "smoke-write-once": "not-applicable",
      "smoke-zones": "fail",
    });
    const asking = checks.filter(({ id }: { id: string }) => !/alert|events|once|fenc/.test(id));
    assert.equal(asking.length, 7);
    for (const { reasons } of asking) assert.match(reasons.join(), /^GET \/version: [^,]+$/);
    assert.deepEqual([cluster, approved, code], [server, false, 2]);
  });
});
