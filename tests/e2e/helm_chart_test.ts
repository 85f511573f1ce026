/**
 * Everything that the chart renders, put to a real API server: as a dry run for every toggle, as pods
 * in a namespace at the level `restricted` of Pod Security, and installed.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { stringify } from "yaml";
import { type Kubernetes, startKubernetes } from "../harness/kubernetes.ts";
import { CHART, helm, manifest, objectsOf, podOf, PRODUCTION } from "./helm_chart.ts";
import { MONITORING } from "./prometheus_operator.ts";

/** What the chart can be told, beside its defaults and its values for production. */
const TOGGLES: Readonly<Record<string, readonly string[]>> = {
  "defaults": [],
  "production": ["-f", PRODUCTION],
  "no server": ["--set=server.enabled=false"],
  "no operator": ["--set=replicaCount=0"],
  "no roles": ["--set=rbac.create=false"],
  "owners that are enforced": ["--set=rbac.agentFinalizers=true"],
  "a role of AWS": [
    "--set-string=rbac.serviceAccountAnnotations.eks\\.amazonaws\\.com/role-arn=arn:aws:iam::1:role/r",
    "--set=logSink.type=s3",
  ],
  "one namespace": ["--set=watchNamespace=rynxs"],
  "an election of one": ["--set=leaderElection.enabled=true"],
  "three operators": ["--set=replicaCount=3"],
  "a share that stays": ["--set=replicaCount=3,podDisruptionBudget.minAvailable=50%"],
  "one that may go": ["--set=replicaCount=3,podDisruptionBudget.maxUnavailable=1"],
  "a kept log": ["--set=persistence.keepOnUninstall=true,persistence.storageClass=fast"],
  "a log in S3": ["--set=logSink.type=s3,logSink.s3.accessKeySecret=keys"],
  "a log in MinIO": ["--set=logSink.type=s3,logSink.s3.accessKeySecret=keys,minio.enabled=true"],
  "MinIO without a volume": ["--set=minio.enabled=true,minio.persistence.enabled=false"],
  "MinIO with another secret": ["--set=minio.enabled=true,minio.existingSecret=root"],
  "signed checkpoints": ["--set=checkpoints.signingKeySecret=log-key"],
  "a runtime class": ["--set=agents.runtimeClassName=gvisor"],
  "metrics": ["--set=metrics.enabled=true", "--set-string=metrics.annotations.a/b=c"],
  "a ServiceMonitor": [
    "--set=metrics.enabled=true,metrics.serviceMonitor.enabled=true",
    `--set-json=metrics.serviceMonitor.relabelings=[{"sourceLabels":["a"],"targetLabel":"b"}]`,
  ],
  "a ServiceMonitor of the server": ["--set=server.serviceMonitor.enabled=true"],
  "a ServiceMonitor by HTTPS": [
    "--set=server.scheme=HTTPS,server.serviceMonitor.enabled=true",
    "--set=server.serviceMonitor.tlsConfig.serverName=s3.example.com",
  ],
  "alerts": [
    "--set=metrics.enabled=true,prometheusRule.enabled=true,prometheusRule.labels.team=storage",
  ],
  "a NetworkPolicy": ["--set=metrics.enabled=true,metrics.networkPolicy.enabled=true"],
  "a NetworkPolicy for a namespace": [
    "--set=metrics.enabled=true,metrics.networkPolicy.enabled=true",
    "--set=metrics.networkPolicy.prometheusNamespaceSelector.team=monitoring",
  ],
  "a NetworkPolicy of the server": ["--set=server.networkPolicy.enabled=true"],
  "no probes": ["--set=probes.liveness.enabled=false,probes.readiness.enabled=false"],
  "places for pods": [
    "--set=nodeSelector.disk=ssd,server.nodeSelector.disk=ssd",
    "--set=priorityClassName=system-cluster-critical,server.priorityClassName=system-node-critical",
    `--set-json=tolerations=[{"key":"a","operator":"Exists"}]`,
    `--set-json=affinity={"nodeAffinity":{}}`,
    `--set-json=topologySpreadConstraints=[{"topologyKey":"zone","whenUnsatisfiable":"DoNotSchedule","minDomains":2}]`,
    "--set-string=podAnnotations.a=b,server.podAnnotations.a=b",
  ],
  "further variables and arguments": [
    "--set=extraEnv[0].name=A,extraEnv[0].value=b,extraArgs[0]=--help",
    "--set=server.extraEnv[0].name=A,server.extraEnv[0].value=b,server.extraArgs[0]=--threads=2",
  ],
  "other names": ["--set=nameOverride=agents,fullnameOverride=agents,imagePullSecrets[0].name=key"],
  "a configuration": ["--set=server.config.placement=spread,server.envFromSecrets[0]=keys"],
  "a configuration from a Secret": ["--set=server.existingConfigSecret=holdfast"],
  "a claim that is there": ["--set=server.persistence.existingClaim=data"],
  "HTTPS": [
    "--set=server.scheme=HTTPS,server.extraVolumes[0].name=tls,server.extraVolumes[0].secret.secretName=tls",
    "--set=server.extraVolumeMounts[0].name=tls,server.extraVolumeMounts[0].mountPath=/etc/tls",
  ],
  "an Ingress": [
    "--set=server.ingress.enabled=true,server.ingress.className=nginx",
    "--set=server.ingress.hosts[0]=s3.example.com,server.ingress.tls[0].secretName=tls",
  ],
  "a Service for everybody": ["--set=server.service.type=LoadBalancer,server.service.port=443"],
  "scaling by memory": [
    "-f",
    PRODUCTION,
    "--set=server.autoscaling.targetMemoryUtilizationPercentage=80",
  ],
  "no scaling": ["-f", PRODUCTION, "--set=server.autoscaling.enabled=false"],
};

/** What the account of the operator may do, and some of what it may not. */
const RIGHTS: readonly (readonly [may: "yes" | "no", verb: string, resource: string])[] = [
  ["yes", "watch", "agents.universe.ai"],
  ["yes", "patch", "agents.universe.ai --subresource=status"],
  ["yes", "patch", "deployments.apps"],
  ["yes", "delete", "networkpolicies.networking.k8s.io"],
  ["yes", "create", "leases.coordination.k8s.io"],
  ["yes", "update", "leases.coordination.k8s.io/rynxs-operator-leader"],
  ["no", "update", "leases.coordination.k8s.io/another"],
  ["no", "update", "agents.universe.ai"],
  ["no", "delete", "deployments.apps"],
  ["no", "delete", "persistentvolumeclaims"],
  ["no", "list", "configmaps"],
  ["no", "get", "secrets"],
  ["no", "list", "pods"],
  ["no", "create", "events"],
];

Deno.test("the chart stands before Helm and a real API server", async (t) => {
  await using kubernetes = await startKubernetes();
  await prepare(kubernetes);

  for (const [name, args] of Object.entries(TOGGLES)) {
    await t.step(
      `with ${name} its objects are taken, and its pods are restricted ones`,
      async () => {
        const linted = await helm("lint", CHART, "--strict", "--quiet", ...args);
        assert.ok(linted.ok, linted.said);
        const text = await manifest(...args);
        await dryRun(kubernetes, `${text}\n---\n${podsOf(text)}`);
        assert.deepEqual(secretLiterals(text), []);
      },
    );
  }

  await t.step("a namespace at the level restricted refuses a pod that is not", async () => {
    const root = podsOf(await manifest()).replaceAll("runAsNonRoot: true", "runAsNonRoot: false");
    await assert.rejects(dryRun(kubernetes, root), /violates PodSecurity "restricted/);
  });

  await t.step("the API server refuses what Kubernetes does not know", async () => {
    const slip = (await manifest()).replace("readOnlyRootFilesystem:", "readOnlyRoot:");
    await assert.rejects(dryRun(kubernetes, slip), /readOnlyRoot/);
  });

  await t.step("it is installed, changed and uninstalled, and says what is odd", async () => {
    const release = (verb: string, ...args: string[]) =>
      helm(verb, "rynxs", ...args, "-n=rynxs", `--kubeconfig=${kubernetes.kubeconfig}`);
    const installed = await release("install", CHART, "--skip-crds");
    assert.ok(installed.ok, installed.said);
    assert.match(installed.stdout, /logs rynxs-server-0/);
    assert.match(installed.stdout, /validate --post --namespace rynxs --release rynxs$/m);
    const changed = await release(
      "upgrade",
      CHART,
      "--set=replicaCount=3,podDisruptionBudget.minAvailable=3,minio.enabled=true",
    );
    assert.ok(changed.ok, changed.said);
    assert.match(changed.stdout, /other replicas wait/);
    assert.match(changed.stdout, /no PodDisruptionBudget for the operator/);
    assert.match(changed.stdout, /the Secret rynxs-minio-credentials, which you make/);
    await demandRights(kubernetes);
    const gone = await release("uninstall");
    assert.ok(gone.ok, gone.said);
    const claims = await kubernetes.kubectl(["get", "pvc", "-n=rynxs", "-o=name"]);
    // Nobody takes the protection off claims here: those that go are only marked.
    assert.match(claims, /rynxs-server-data/);
  });
});

async function prepare(kubernetes: Kubernetes): Promise<void> {
  const crds = [
    join(CHART, "crds"),
    `--filename=${await written(kubernetes, "monitoring.yaml", MONITORING)}`,
  ];
  await kubernetes.kubectl(["apply", "--server-side", "--filename", ...crds]);
  await kubernetes.kubectl(["wait", "--for=condition=Established", "crd", "--all"]);
  await kubernetes.kubectl(["create", "namespace", "rynxs"]);
  await kubernetes.kubectl([
    "label",
    "namespace",
    "rynxs",
    "pod-security.kubernetes.io/enforce=restricted",
  ]);
}

async function written(kubernetes: Kubernetes, name: string, text: string): Promise<string> {
  const path = join(kubernetes.directory, name);
  await Deno.writeTextFile(path, text);
  return path;
}

async function dryRun(kubernetes: Kubernetes, text: string): Promise<void> {
  const args = ["apply", "--dry-run=server", "--server-side", "-n=rynxs", "--filename=-"];
  await kubernetes.kubectl(args, text);
}

/** The pods that the objects of a manifest would start: nobody starts them here. */
function podsOf(text: string): string {
  const pods = objectsOf(text).flatMap((object) => {
    const spec = podOf(object);
    if (spec === undefined || object.kind === "Pod") return [];
    const metadata = { name: `${object.metadata.name}-pod`, namespace: "rynxs" };
    return [stringify({ apiVersion: "v1", kind: "Pod", metadata, spec })];
  });
  return pods.join("---\n");
}

/** Lines that would give something secret away: a value beside its name, not a reference to one. */
function secretLiterals(text: string): readonly string[] {
  return text.split("\n").filter((line) =>
    /(password|secret_access_key|token|access_key_id)"?: +(?!"?\$\{)\S/i.test(line) &&
    !/automountServiceAccountToken: (true|false)/.test(line)
  );
}

async function demandRights(kubernetes: Kubernetes): Promise<void> {
  const answers = await Promise.all(RIGHTS.map(async ([, verb, resource]) => {
    const asked = ["auth", "can-i", verb, ...resource.split(" "), "-n=rynxs"];
    const account = "--as=system:serviceaccount:rynxs:rynxs-operator";
    // `no` ends with 1, which rejects.
    const may = await kubernetes.kubectl([...asked, account]).then(() => "yes", () => "no");
    return [may, verb, resource];
  }));
  assert.deepEqual(answers, RIGHTS);
}
