import assert from "node:assert/strict";
import { join } from "node:path";
import { appendWithRetry } from "../../src/eventlog/append_with_retry.ts";
import { JsonNumber } from "../../src/eventlog/json.ts";
import { holdfast } from "../cli/holdfast.ts";
import { variables } from "../cli/policy_server.ts";
import { startMinio } from "../harness/minio.ts";
import { holdfastTask, REPOSITORY } from "../harness/server.ts";
import { eventually } from "./eventually.ts";
import { leaders, NAMESPACE } from "./operator_cluster.ts";
import {
  eventsPolicy,
  failuresIn,
  nodeIn,
  startValidatedDeployment,
  type ValidatedDeployment,
} from "./validate_deployment.ts";

/** A way to break a deployment, and the checks that see it. */
interface Breakage {
  readonly what: string;
  /** Breaks it, and gives the options that a run needs besides. */
  act(deployment: ValidatedDeployment): Promise<readonly string[]>;
  /** Makes it whole again. */
  mend?(deployment: ValidatedDeployment): Promise<unknown>;
  readonly fails: readonly string[];
  readonly reason: RegExp;
}

const BREAKAGES: readonly Breakage[] = [
  {
    what: "a policy whose condition is about another key",
    act: async ({ directory }) => {
      const path = join(directory, "if-match.json");
      await Deno.writeTextFile(path, JSON.stringify(eventsPolicy(["operator"], "s3:if-match")));
      return ["--policy", path];
    },
    fails: ["bucket-policy"],
    reason: /no statement about writing events\/events\/\* has the condition Null/,
  },
  {
    what: "a constraint on zones that is a wish",
    act: ({ kubernetes }) => constrain(kubernetes, "ScheduleAnyway"),
    mend: ({ kubernetes }) => constrain(kubernetes, "DoNotSchedule"),
    fails: ["zone-spread"],
    reason: /Deployment rynxs-operator has no constraint on topology\.kubernetes\.io\/zone with/,
  },
  {
    what: "a node that does not say where it is",
    act: ({ kubernetes }) => label(kubernetes, nodeIn("zone-c"), `${ZONE}-`),
    mend: ({ kubernetes }) => label(kubernetes, nodeIn("zone-c"), `${ZONE}=zone-c`),
    fails: ["zone-spread"],
    reason: /without topology\.kubernetes\.io\/zone: node-zone-c/,
  },
  {
    what: "pods that are all in one of two zones",
    act: async ({ kubernetes, put }) => {
      await put({
        apiVersion: "v1",
        kind: "Node",
        metadata: { name: "idle", labels: { [ZONE]: "z" } },
      });
      await label(kubernetes, nodeIn("zone-b"), `${ZONE}=zone-a`);
      return await label(kubernetes, nodeIn("zone-c"), `${ZONE}=zone-a`);
    },
    mend: async ({ kubernetes }) => {
      await kubernetes.kubectl(["delete", "node", "idle"]);
      await label(kubernetes, nodeIn("zone-b"), `${ZONE}=zone-b`);
      await label(kubernetes, nodeIn("zone-c"), `${ZONE}=zone-c`);
    },
    fails: ["zone-spread", "smoke-zones"],
    reason: /3 running pods are in 1 zones, not 2/,
  },
  {
    what: "a chart with an image that is latest",
    act: (deployment) =>
      rendered(deployment, (text) => text.replaceAll(/holdfast:0\.1\.0/g, "holdfast:latest")),
    fails: ["images-pinned"],
    reason: /ghcr\.io\/holdfast\/holdfast:latest is latest/,
  },
  {
    what: "a pod with an image that has no tag",
    act: async ({ put }) => {
      const containers = [{ name: "store", image: "minio/minio" }];
      await put({ apiVersion: "v1", kind: "Pod", metadata: STORE, spec: { containers } });
      return [];
    },
    mend: ({ kubernetes }) =>
      kubernetes.kubectl(["delete", "pod", STORE.name, `-n=${NAMESPACE}`, "--force"]),
    fails: ["images-pinned"],
    reason: /pod store container store: minio\/minio has neither a tag nor a digest/,
  },
  {
    what: "a chart that renders a budget that lets none of three replicas go",
    act: (deployment) =>
      rendered(deployment, (text) => text.replace(/minAvailable: 1$/m, "minAvailable: 100%")),
    fails: ["pdb"],
    reason: /\(minAvailable 100%\) lets none of 3 replicas go/,
  },
  {
    what: "no rendering for one replica",
    act: async (deployment) => {
      const [, path] = await rendered(deployment, (text) => text);
      await Deno.remove(join(path!, "1.yaml"));
      return ["--rendered", path!];
    },
    fails: ["pdb"],
    reason:
      /no rendering has 1 replicas; make them with\n[^]*--set replicaCount=1 > rendered\/1\.yaml/,
  },
  {
    what: "no budget in the cluster",
    act: async ({ kubernetes }) => {
      await kubernetes.kubectl(["delete", "pdb", "--all", `-n=${NAMESPACE}`]);
      return [];
    },
    mend: async ({ kubernetes, rendered }) => {
      const text = await Deno.readTextFile(join(rendered, "3.yaml"));
      const budget = text.split(/^---$/m).find((each) =>
        each.includes("kind: PodDisruptionBudget")
      );
      await kubernetes.kubectl(["apply", `-n=${NAMESPACE}`, "-f", "-"], budget);
    },
    fails: ["pdb"],
    reason: /3 replicas have 0 PodDisruptionBudgets, not 1/,
  },
  {
    what: "another threshold in the alert about failed writes",
    act: async ({ directory }) => {
      const path = join(directory, "operator.rules.yaml");
      const text = await Deno.readTextFile(`${RULES}/rynxs-operator.rules.yaml`);
      await Deno.writeTextFile(path, text.replace("[5m]) > 0.05", "[5m]) > 5"));
      return ["--rules", path];
    },
    fails: ["alerts-and-runbooks"],
    reason: /RynxsEventStoreErrorsHigh is .* not rate\(rynxs_s3_put_errors_total\[5m\]\) > 0\.05/s,
  },
  {
    what: "a runbook without NoSuchBucket",
    act: async ({ directory }) => {
      const path = join(directory, "RynxsEventStoreErrorsHigh.md");
      const text = await Deno.readTextFile(`${RUNBOOKS}/RynxsEventStoreErrorsHigh.md`);
      await Deno.writeTextFile(path, text.replaceAll("NoSuchBucket", "Other"));
      return ["--runbooks", path];
    },
    fails: ["alerts-and-runbooks"],
    reason: /tables have no row for NoSuchBucket/,
  },
  {
    what: "a policy with two writers",
    act: async ({ directory }) => {
      const path = join(directory, "two-writers.json");
      await Deno.writeTextFile(path, JSON.stringify(eventsPolicy(["operator", "rogue"])));
      return ["--policy", path];
    },
    fails: ["single-writer"],
    reason: /the policy lets 2 principals write events\/events\/\*, not 1/,
  },
  {
    what: "two leaders",
    // The one that leads, twice.
    act: async ({ operators }) => {
      const [leader] = await leaders(operators);
      return [leader!, leader!, operators[0]!].flatMap(({ endpoint }) => [
        "--metrics",
        `${endpoint}/metrics`,
      ]);
    },
    fails: ["one-leader", "smoke-leader"],
    reason: /the sum of rynxs_leader_election_status is [23], not 1/,
  },
  {
    what: "a lease that somebody else holds",
    act: async ({ put }) => {
      await put(THEIR_LEASE);
      return ["--lease", "theirs"];
    },
    fails: ["one-leader"],
    reason: /stranger is none of the operator's pods/,
  },
  {
    what: "a Prometheus without the rules",
    act: async ({ bare }) => {
      const { url } = await bare();
      return ["--prometheus", url];
    },
    fails: ["alerts-loaded"],
    reason: /not loaded: RynxsNoLeader, RynxsLeaderFlap, /,
  },
  {
    // The last one: nobody can take such events back.
    what: "events that do not say who wrote them",
    act: async ({ cluster }) => {
      const event = { type: "ActionFailed", aggregateId: "rynxs/somebody", payload: {} } as const;
      const ts = new JsonNumber("0");
      await appendWithRetry(cluster.log.log, { ...event, ts, hashVersion: "v2" });
      return [];
    },
    fails: ["fencing"],
    reason: /event \d+ \(ActionFailed\) has no fencing_token/,
  },
];

const ZONE = "topology.kubernetes.io/zone";
const THEIR_LEASE = {
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  metadata: { name: "theirs", namespace: NAMESPACE },
  spec: {
    holderIdentity: "stranger",
    leaseDurationSeconds: 3600,
    renewTime: new Date().toISOString().replace("Z", "000Z"),
  },
};
const STORE = { name: "store", namespace: NAMESPACE };
const RULES = `${REPOSITORY}/deploy/prometheus`;
const RUNBOOKS = `${REPOSITORY}/deploy/runbooks`;

/** @returns options of a run, none */
async function label(
  { kubectl }: ValidatedDeployment["kubernetes"],
  node: string,
  change: string,
): Promise<readonly string[]> {
  await kubectl(["label", "--overwrite", "node", node, change]);
  return [];
}

/** @returns options of a run, none */
async function constrain(
  { kubectl }: ValidatedDeployment["kubernetes"],
  whenUnsatisfiable: string,
): Promise<readonly string[]> {
  const path = "/spec/template/spec/topologySpreadConstraints/0/whenUnsatisfiable";
  const patch = JSON.stringify([{ op: "replace", path, value: whenUnsatisfiable }]);
  const deployment = ["deployment", "rynxs-operator", `-n=${NAMESPACE}`];
  await kubectl(["patch", ...deployment, "--type=json", `-p=${patch}`]);
  return [];
}

/** @returns the options for renderings that were changed */
async function rendered(
  { rendered, directory }: ValidatedDeployment,
  change: (text: string) => string,
): Promise<readonly string[]> {
  const path = await Deno.makeTempDir({ dir: directory });
  for await (const { name } of Deno.readDir(rendered)) {
    await Deno.writeTextFile(
      join(path, name),
      change(await Deno.readTextFile(join(rendered, name))),
    );
  }
  return ["--rendered", path];
}

Deno.test("validate passes a good deployment, and each check sees what is broken", async (t) => {
  await using deployment = await startValidatedDeployment();
  const { kubernetes, operators } = deployment;
  const agents = () => kubernetes.kubectl(["get", "agents", "-A", "-o", "name"]);

  await t.step("everything applies and passes, and nothing is left in the cluster", async () => {
    const { code, stdout } = await deployment.validate("--json", "--interval", "1");
    const { checks, approved } = JSON.parse(stdout);
    const faults = checks.filter(({ verdict }: { verdict: string }) => verdict !== "pass");
    assert.deepEqual(faults, []);
    assert.deepEqual([checks.length, approved, code], [14, true, 0]);
    assert.equal(await agents(), "");
  });

  for (const { what, act, mend, fails, reason } of BREAKAGES) {
    await t.step(`${fails[0]} sees ${what}`, async () => {
      const report = await deployment.report(...await act(deployment));
      await mend?.(deployment);
      assert.deepEqual(failuresIn(report), fails);
      const found = report.outcomes.find(({ check }) => check.id === fails[0]);
      assert.match(found?.reasons.join("\n") ?? "", reason);
      assert.equal(await agents(), "");
    });
  }

  await t.step("a person reads what failed and what to do, and the exit code is 2", async () => {
    const { code, stdout } = await deployment.validate("--only", "fencing,8");
    assert.match(stdout, /^5 +fencing +FAIL +Every event/m);
    assert.match(stdout, /^ +do: Run the operator with RYNXS_LEADER_ELECTION_ENABLED=true/m);
    assert.match(stdout, /^8 +one-leader +pass/m);
    assert.match(stdout, /^sign-off +NOT approved$/m);
    assert.equal(code, 2);
  });

  for (const operator of operators) Deno.kill(operator.pid, "SIGSTOP");

  await t.step("operators that stand still write no event", async () => {
    const report = await deployment.report("--only", "event-written", "--wait", "1");
    assert.deepEqual(failuresIn(report), ["event-written"]);
    assert.deepEqual(report.outcomes[0]!.reasons, [
      "no AgentObserved of test-prod-validation is in the log after 1 s",
    ]);
    assert.equal(await agents(), "");
  });

  await t.step("an Agent of that name that was there before is left alone", async () => {
    const agent = { apiVersion: "universe.ai/v1alpha1", kind: "Agent", metadata: TEST_AGENT };
    await deployment.put({ ...agent, spec: { role: "worker", image: "python:3.11-slim" } });
    const report = await deployment.report("--only", "event-written");
    assert.deepEqual(failuresIn(report), ["event-written"]);
    assert.match(report.outcomes[0]!.reasons.join(), /that this run did not create/);
    assert.match(await agents(), /test-prod-validation/);
    await kubernetes.kubectl(["delete", "agent", TEST_AGENT.name, `-n=${NAMESPACE}`]);
  });

  await t.step("who gives up leaves no Agent behind", async () => {
    const { args, env } = await holdfastTask(REPOSITORY);
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...args,
        ...["validate", "--only", "event-written", "--kubeconfig", kubernetes.kubeconfig],
        ...["--file", join(deployment.directory, "events.jsonl")],
      ],
      cwd: REPOSITORY,
      env,
      stdout: "null",
      stderr: "piped",
    });
    await Deno.writeTextFile(join(deployment.directory, "events.jsonl"), "");
    const running = child.spawn();
    const output = running.output();
    await eventually(async () => assert.match(await agents(), /test-prod-validation/), 20_000);
    running.kill("SIGINT");
    const { code, stderr } = await output;
    assert.match(new TextDecoder().decode(stderr), /given up on SIGINT/);
    assert.equal(code, 1);
    assert.equal(await agents(), "");
  });

  for (const operator of operators) Deno.kill(operator.pid, "SIGCONT");
});

const TEST_AGENT = { name: "test-prod-validation", namespace: NAMESPACE };

Deno.test("MinIO itself is found not to enforce the condition", async () => {
  await using minio = await startMinio({ buckets: ["events"] });
  const args = ["validate", "--only", "1,S3", "--json", "--s3", "s3://events/events"];
  const run = await holdfast([...args, "--endpoint", minio.endpoint], variables(minio));
  const { checks } = JSON.parse(run.stdout);
  assert.deepEqual(
    checks.map(({ id, verdict }: { id: string; verdict: string }) => [id, verdict]),
    [["bucket-policy", "fail"], ["smoke-write-once", "pass"]],
  );
  assert.match(checks[0].reasons.join("\n"), /a PUT without a condition is refused: 200 instead/);
  assert.equal(run.code, 2);
});
