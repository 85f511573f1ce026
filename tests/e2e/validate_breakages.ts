/**
 * Ways to break a deployment.
 *
 * @module
 */
import { join } from "node:path";
import { appendWithRetry } from "../../src/eventlog/append_with_retry.ts";
import { JsonNumber } from "../../src/eventlog/json.ts";
import { REPOSITORY } from "../harness/server.ts";
import { leaders, NAMESPACE } from "./operator_cluster.ts";
import { eventsPolicy, nodeIn, type ValidatedDeployment } from "./validate_deployment.ts";

/** A way to break a deployment, and the checks that see it. */
export interface Breakage {
  readonly what: string;
  /** Breaks it, and gives the options that a run needs besides. */
  act(deployment: ValidatedDeployment): Promise<readonly string[]>;
  /** Makes it whole again. */
  mend?(deployment: ValidatedDeployment): Promise<unknown>;
  readonly fails: readonly string[];
  readonly reason: RegExp;
}

/** One for each condition of each check, as far as a deployment has it. */
export const BREAKAGES: readonly Breakage[] = [
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
    reason: /3 running pods in 1 zone, not 2/,
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
      /no rendering for replicas 1; make them with\n[^]*--set replicaCount=1 > rendered\/1\.yaml/,
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
    reason: /replicas 3: 0 PodDisruptionBudgets, not 1/,
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
