/**
 * A deployment of the operator that is as it should be, in a cluster with nobody behind it: nodes in
 * three zones, the chart's objects, pods whose metrics are served here, the lease, a log in a bucket
 * with its policy, and Prometheus with the rules.
 *
 * @module
 */
import { join } from "node:path";
import { readArguments } from "../../src/cli/command.ts";
import { command } from "../../src/cli/validate.ts";
import { makeReport } from "../../src/cli/validate/make_report.ts";
import { readSettings } from "../../src/cli/validate/options.ts";
import type { Report } from "../../src/cli/validate/report/sign_off.ts";
import { holdfast, type Run } from "../cli/holdfast.ts";
import { variables } from "../cli/policy_server.ts";
import { type Kubernetes, startKubernetes } from "../harness/kubernetes.ts";
import { type Holdfast, REPOSITORY, startHoldfast } from "../harness/server.ts";
import { manifest, objectsOf, PRODUCTION, type Rendered } from "./helm_chart.ts";
import { signAs } from "./log_stores.ts";
import { SmallOperator } from "./validate_operator.ts";
import { PodMetrics } from "./validate_pod_metrics.ts";
import { type Prometheus, startPrometheus } from "./prometheus_server.ts";

/** The deployment, and the ways to break it. */
export interface ValidatedDeployment extends AsyncDisposable {
  readonly kubernetes: Kubernetes;
  readonly operator: SmallOperator;
  readonly pods: readonly PodMetrics[];
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

/** Where everything is. */
export const NAMESPACE = "rynxs";
const BUCKET = "rynxs-events";
const REPLICAS = [1, 2, 3];
const ZONES = ["zone-a", "zone-b", "zone-c"];

/** The name of the pod in a zone, and of the node that it is on. */
export const podIn = (zone: string) => `rynxs-operator-${zone}`;
export const nodeIn = (zone: string) => `node-${zone}`;

/** Who writes events. */
const OPERATOR = { accessKeyId: "operator-key", secretAccessKey: "operator-test-secret" };

/** Starts all of it. */
export async function startValidatedDeployment(): Promise<ValidatedDeployment> {
  await using stack = new AsyncDisposableStack();
  const directory = await Deno.makeTempDir({ prefix: "holdfast-validate-" });
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const [kubernetes, store, rendered] = await Promise.all([
    startKubernetes().then((each) => stack.use(each)),
    startStore(directory).then((each) => stack.use(each)),
    render(directory),
  ]);
  const pods = ZONES.map((zone, index) => stack.use(new PodMetrics(podIn(zone), index === 0)));
  const monitored = (...rules: readonly string[]) =>
    startPrometheus({
      rules,
      targets: pods.map(({ name, local }) => ({
        job: name,
        address: local,
        labels: { namespace: NAMESPACE },
      })),
    });
  const prometheus = stack.use(await monitored(`${REPOSITORY}/deploy/prometheus/*.rules.yaml`));
  const put = async (object: object) => {
    const text = JSON.stringify(object);
    await kubernetes.kubectl(["apply", "--server-side", "--force-conflicts", "-f", "-"], text);
    if (!("status" in object)) return;
    const args = ["apply", "--server-side", "--force-conflicts", "--subresource=status", "-f", "-"];
    await kubernetes.kubectl(args, text);
  };
  await deploy(kubernetes, put, rendered.objects, pods);
  const target = { endpoint: store.endpoint, ...OPERATOR };
  const operator = stack.use(
    await SmallOperator.start(kubernetes, { bucket: BUCKET, ...target }, podIn(ZONES[0]!)),
  );
  const kept = stack.move();
  const all = (args: readonly string[]): readonly string[] => {
    const given = (name: string) => args.includes(name);
    const where = {
      "--kubeconfig": kubernetes.kubeconfig,
      "--rendered": rendered.path,
      "--prometheus": prometheus.url,
      "--interval": "0",
      "--wait": "20",
      ...given("--s3") ? {} : { "--s3": `s3://${BUCKET}/events`, "--endpoint": store.endpoint },
    };
    return [...Object.entries(where).filter(([name]) => !given(name)).flat(), ...args];
  };
  return {
    kubernetes,
    operator,
    pods,
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
    bare: async () => kept.use(await monitored()),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

async function startStore(directory: string): Promise<Holdfast> {
  const policy = join(directory, "policy.json");
  await Deno.writeTextFile(policy, JSON.stringify(eventsPolicy(["operator"])));
  const { accessKeyId, secretAccessKey } = OPERATOR;
  const credentials = [{ access_key_id: accessKeyId, secret_access_key: secretAccessKey }];
  return await startHoldfast({
    config: {
      data_dir: join(directory, "data"),
      buckets: [{ name: BUCKET, policy, credentials: [] }],
      users: [{ name: "operator", credentials }],
    },
  });
}

/** The policy of the log's bucket, by which some users write each event once, and nobody else. */
export function eventsPolicy(writers: readonly string[], condition = "s3:if-none-match"): object {
  const [bucket, events] = [`arn:aws:s3:::${BUCKET}`, `arn:aws:s3:::${BUCKET}/events/*`];
  const principals = { AWS: writers.map((name) => `arn:aws:iam::000000000000:user/${name}`) };
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: principals,
        Action: "s3:PutObject",
        Resource: events,
        Condition: { Null: { [condition]: "false" } },
      },
      { Effect: "Allow", Principal: principals, Action: "s3:GetObject", Resource: events },
      {
        Effect: "Allow",
        Principal: principals,
        Action: ["s3:ListBucket", "s3:GetBucketPolicy"],
        Resource: bucket,
      },
      {
        Effect: "Deny",
        Principal: "*",
        Action: "s3:PutObject",
        Resource: events,
        Condition: {
          Null: { [condition]: "true" },
          Bool: { "s3:ObjectCreationOperation": "true" },
        },
      },
      { Effect: "Deny", Principal: "*", Action: "s3:DeleteObject", Resource: events },
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

/** What of the chart the checks look at, and what a cluster with somebody behind it makes of it. */
async function deploy(
  { kubectl }: Kubernetes,
  put: ValidatedDeployment["put"],
  rendered: readonly Rendered[],
  pods: readonly PodMetrics[],
): Promise<void> {
  await kubectl(["create", "namespace", NAMESPACE]);
  await kubectl(["apply", "-f", `${REPOSITORY}/deploy/helm/holdfast/crds`]);
  const isOperators = ({ kind, metadata: { name } }: Rendered) =>
    (kind === "Deployment" || kind === "PodDisruptionBudget") && name.includes("operator");
  await put(listOf([
    ...rendered.filter(isOperators).map((each) => ({
      ...each,
      metadata: { ...each.metadata, namespace: NAMESPACE },
    })),
    ...ZONES.map((zone) => ({
      apiVersion: "v1",
      kind: "Node",
      metadata: { name: nodeIn(zone), labels: { "topology.kubernetes.io/zone": zone } },
    })),
    leaseHeldBy(podIn(ZONES[0]!)),
  ]));
  const labels = rendered.find((each) => isOperators(each) && each.kind === "Deployment")!
    .metadata.labels;
  await Promise.all(
    pods.map((pod, index) => put(podObject(pod, nodeIn(ZONES[index]!), labels))),
  );
}

function listOf(items: readonly object[]): object {
  return { apiVersion: "v1", kind: "List", items };
}

/** The lease, held long enough for a test. */
export function leaseHeldBy(holder: string): object {
  const renewTime = new Date().toISOString().replace("Z", "000Z");
  return {
    apiVersion: "coordination.k8s.io/v1",
    kind: "Lease",
    metadata: { name: "rynxs-operator-leader", namespace: NAMESPACE },
    spec: { holderIdentity: holder, leaseDurationSeconds: 3600, leaseTransitions: 4, renewTime },
  };
}

function podObject(
  { name, address, port }: PodMetrics,
  nodeName: string,
  labels: Readonly<Record<string, string>>,
): object {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: NAMESPACE, labels },
    spec: {
      nodeName,
      containers: [{
        name: "operator",
        image: "ghcr.io/holdfast/holdfast:0.1.0",
        ports: [{ name: "metrics", containerPort: port }],
      }],
    },
    status: { phase: "Running", podIP: address, podIPs: [{ ip: address }] },
  };
}
