/**
 * A deployment of the operator that is as it should be, in a cluster with nobody behind it: nodes in
 * three zones, the chart's objects, an operator for each pod, a log in a bucket with its policy, and
 * Prometheus with the rules.
 *
 * @module
 */
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { readArguments } from "../../src/cli/command.ts";
import { command } from "../../src/cli/validate.ts";
import { makeReport } from "../../src/cli/validate/make_report.ts";
import { readSettings } from "../../src/cli/validate/options.ts";
import type { Report } from "../../src/cli/validate/report/sign_off.ts";
import { holdfast, type Run } from "../cli/holdfast.ts";
import { variables } from "../cli/policy_server.ts";
import type { Kubernetes } from "../harness/kubernetes.ts";
import { type Holdfast, REPOSITORY, startHoldfast } from "../harness/server.ts";
import { eventually } from "./eventually.ts";
import { found, manifest, objectsOf, PRODUCTION, type Rendered } from "./helm_chart.ts";
import { signAs } from "./log_stores.ts";
import {
  leaders,
  LOG_BUCKET,
  NAMESPACE,
  type OperatorCluster,
  startOperatorCluster,
} from "./operator_cluster.ts";
import { type Prometheus, startPrometheus } from "./prometheus_server.ts";

/** The deployment, and the ways to break it. */
export interface ValidatedDeployment extends AsyncDisposable {
  readonly cluster: OperatorCluster;
  readonly kubernetes: Kubernetes;
  /** One leads. */
  readonly operators: readonly Holdfast[];
  /** Directory with the chart rendered for 1, 2 and 3 replicas. */
  readonly rendered: string;
  /** For files of a test. */
  readonly directory: string;
  /** Puts an object into the cluster, or changes it; its status too where it has one. */
  put(object: object): Promise<void>;
  /** Runs `holdfast validate` with all that it has to know, and further options. */
  validate(...args: readonly string[]): Promise<Run>;
  /** Does the same in this process, which takes less time. */
  report(...args: readonly string[]): Promise<Report>;
  /** Starts a Prometheus that has no rules; it ends with all the rest. */
  bare(): Promise<Prometheus>;
}

/** The ids of the checks that failed. */
export function failuresIn({ outcomes }: Report): readonly string[] {
  return outcomes.filter(({ verdict }) => verdict === "fail").map(({ check: { id } }) => id);
}

const REPLICAS = [1, 2, 3];
const ZONES = ["zone-a", "zone-b", "zone-c"];

const podIn = (zone: string) => `rynxs-operator-${zone}`;

/** The name of the node in a zone. */
export const nodeIn = (zone: string) => `node-${zone}`;

/** Who writes events. */
const OPERATOR = { accessKeyId: "operator-key", secretAccessKey: "operator-test-secret" };

/** Starts all of it. */
export async function startValidatedDeployment(): Promise<ValidatedDeployment> {
  await using stack = new AsyncDisposableStack();
  const directory = await Deno.makeTempDir({ prefix: "holdfast-validate-" });
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const store = stack.use(await startStore(directory));
  const target = { endpoint: store.endpoint, ...OPERATOR };
  const [cluster, rendered] = await Promise.all([
    startOperatorCluster(target).then((each) => stack.use(each)),
    render(directory),
  ]);
  const { kubernetes } = cluster;
  const put = putInto(kubernetes);
  const labels = await deploy(put, rendered.objects);
  const operators = await Promise.all(ZONES.map(async (zone) => {
    const operator = stack.use(await cluster.startOperator({ identity: podIn(zone) }));
    await put(podObject(zone, labels, operator.port));
    return operator;
  }));
  const prometheus = stack.use(await watch(operators, RULES));
  await eventually(async () => {
    if ((await leaders(operators)).length !== 1) throw new Error("nobody leads");
  });
  const kept = stack.move();
  const all = argumentsFor({
    "--kubeconfig": kubernetes.kubeconfig,
    "--rendered": rendered.path,
    "--prometheus": prometheus.url,
    "--s3": `s3://${LOG_BUCKET}/events`,
    "--endpoint": store.endpoint,
    "--interval": "0",
    "--wait": "20",
  });
  return {
    cluster,
    kubernetes,
    operators,
    rendered: rendered.path,
    directory,
    put,
    validate: (...args) => holdfast(["validate", ...all(args)], variables(target)),
    report: async (...args) => {
      signAs(target);
      const { options } = readArguments(command, all(args));
      const environment = Deno.env.toObject();
      const settings = readSettings(options, environment);
      return await makeReport(settings, options, environment, new AbortController().signal);
    },
    bare: async () => kept.use(await watch(operators)),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

const RULES = `${REPOSITORY}/deploy/prometheus/*.rules.yaml`;

function watch(operators: readonly Holdfast[], ...rules: readonly string[]): Promise<Prometheus> {
  const targets = operators.map(({ endpoint }, index) => ({
    job: ZONES[index]!,
    address: new URL(endpoint).host,
    labels: { namespace: NAMESPACE },
  }));
  return startPrometheus({ rules, targets });
}

/** Options that a run has unless it is given its own. */
function argumentsFor(usual: Readonly<Record<string, string>>) {
  return (args: readonly string[]): readonly string[] => [
    ...Object.entries(usual).filter(([name]) => !args.includes(name)).flat(),
    ...args,
  ];
}

async function startStore(directory: string): Promise<Holdfast> {
  const policy = join(directory, "policy.json");
  await Deno.writeTextFile(policy, JSON.stringify(eventsPolicy(["operator"])));
  const { accessKeyId, secretAccessKey } = OPERATOR;
  const credentials = [{ access_key_id: accessKeyId, secret_access_key: secretAccessKey }];
  return await startHoldfast({
    config: {
      data_dir: join(directory, "data"),
      buckets: [{ name: LOG_BUCKET, policy, credentials: [] }],
      users: [{ name: "operator", credentials }],
    },
  });
}

/** The policy of the log's bucket, by which some users write each event once, and nobody else. */
export function eventsPolicy(writers: readonly string[], condition = "s3:if-none-match"): object {
  const bucket = `arn:aws:s3:::${LOG_BUCKET}`;
  const [events, head] = [`${bucket}/events/*`, `${bucket}/events/_head.json`];
  const Principal = { AWS: writers.map((name) => `arn:aws:iam::000000000000:user/${name}`) };
  const allow = { Effect: "Allow", Principal };
  const deny = { Effect: "Deny", Principal: "*" };
  const isNew = { Null: { [condition]: "false" } };
  const isUnconditional = {
    Null: { [condition]: "true", "s3:if-match": "true" },
    Bool: { "s3:ObjectCreationOperation": "true" },
  };
  return {
    Version: "2012-10-17",
    Statement: [
      { ...allow, Action: "s3:PutObject", Resource: events, Condition: isNew },
      { ...allow, Action: "s3:PutObject", Resource: head },
      { ...allow, Action: "s3:GetObject", Resource: events },
      { ...allow, Action: ["s3:ListBucket", "s3:GetBucketPolicy"], Resource: bucket },
      { ...deny, Action: "s3:PutObject", Resource: events, Condition: isUnconditional },
      { ...deny, Action: "s3:DeleteObject", Resource: events },
    ],
  };
}

async function render(directory: string) {
  const path = join(directory, "rendered");
  await Deno.mkdir(path);
  const texts = await Promise.all(
    REPLICAS.map((count) => manifest("-f", PRODUCTION, "--set", `replicaCount=${count}`)),
  );
  for (const [index, text] of texts.entries()) {
    await Deno.writeTextFile(join(path, `${REPLICAS[index]}.yaml`), text);
  }
  return { path, objects: objectsOf(texts.at(-1)!) };
}

function putInto({ kubectl }: Kubernetes): ValidatedDeployment["put"] {
  const apply = ["apply", "--server-side", "--force-conflicts", "-f", "-"];
  return async (object) => {
    const text = JSON.stringify(object);
    await kubectl(apply, text);
    if ("status" in object) await kubectl([...apply, "--subresource=status"], text);
  };
}

/**
 * Puts what of the chart the checks look at into a cluster, and nodes for its pods.
 *
 * @returns labels of the operator's pods
 */
async function deploy(
  put: ValidatedDeployment["put"],
  rendered: readonly Rendered[],
): Promise<Readonly<Record<string, string>>> {
  const ours = rendered.filter(({ kind, metadata: { name } }) =>
    (kind === "Deployment" || kind === "PodDisruptionBudget") && name.includes("operator")
  );
  const nodes = ZONES.map((zone) => ({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: nodeIn(zone), labels: { "topology.kubernetes.io/zone": zone } },
  }));
  const namespaced = ours.map((each) => ({
    ...each,
    metadata: { ...each.metadata, namespace: NAMESPACE },
  }));
  await put({ apiVersion: "v1", kind: "List", items: [...nodes, ...namespaced] });
  return found(ours, "Deployment", "rynxs-operator").metadata.labels;
}

function podObject(
  zone: string,
  labels: Readonly<Record<string, string>>,
  containerPort: number,
): object {
  const ip = ownAddress();
  const ports = [{ name: "metrics", containerPort }];
  const image = "ghcr.io/holdfast/holdfast:0.1.0";
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: podIn(zone), namespace: NAMESPACE, labels },
    spec: { nodeName: nodeIn(zone), containers: [{ name: "operator", image, ports }] },
    status: { phase: "Running", podIP: ip, podIPs: [{ ip }] },
  };
}

/** Not 127.0.0.1: an API server forwards nothing to itself. */
function ownAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  const other = all.find(({ family, internal }) => family === "IPv4" && !internal);
  if (other === undefined) throw new Error("this machine has no address but its own loopback");
  return other.address;
}
