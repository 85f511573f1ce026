import assert from "node:assert/strict";
import { operatorSettings } from "../../src/config/operator_settings.ts";
import { found, manifest, objectsOf, podOf, PRODUCTION, variables } from "./helm_chart.ts";

async function operatorVariables(values: string): Promise<Readonly<Record<string, string>>> {
  const objects = objectsOf(await manifest("--set", values));
  return variables(found(objects, "Deployment", "rynxs-operator"));
}

/** Values, and the variables that the operator has by them. */
const VARIABLES: readonly (readonly [values: string, Readonly<Record<string, string>>])[] = [
  ["replicaCount=1", {
    RYNXS_LEADER_ELECTION_ENABLED: "0",
    RYNXS_LEASE_DURATION_SECONDS: "30",
    RYNXS_RENEW_DEADLINE_SECONDS: "20",
    RYNXS_RETRY_PERIOD_SECONDS: "5",
    WATCH_NAMESPACE: "",
    EVENT_STORE_TYPE: "file",
  }],
  ["leaderElection.enabled=true", { RYNXS_LEADER_ELECTION_ENABLED: "1" }],
  ["replicaCount=2", { RYNXS_LEADER_ELECTION_ENABLED: "1" }],
  [
    "leaderElection.leaseDuration=15s,leaderElection.renewDeadline=10s,leaderElection.retryPeriod=2s",
    {
      RYNXS_LEASE_DURATION_SECONDS: "15",
      RYNXS_RENEW_DEADLINE_SECONDS: "10",
      RYNXS_RETRY_PERIOD_SECONDS: "2",
    },
  ],
  ["leaderElection.leaseDuration=15s,leaderElection.leaseDurationSeconds=45", {
    RYNXS_LEASE_DURATION_SECONDS: "45",
  }],
  ["leaderElection.leaseDuration=2m", { RYNXS_LEASE_DURATION_SECONDS: "120" }],
  ["watchNamespace=agents", { WATCH_NAMESPACE: "agents" }],
  ["logSink.type=s3,logSink.s3.bucket=", { EVENT_STORE_TYPE: "s3", S3_BUCKET: "rynxs-events" }],
  ["logSink.s3.enabled=true", { EVENT_STORE_TYPE: "s3" }],
  ["logSink.type=s3,minio.enabled=true", { S3_ENDPOINT: "http://rynxs-minio:9000" }],
  ["logSink.type=s3,minio.enabled=true,logSink.s3.endpoint=https://s3.example.com", {
    S3_ENDPOINT: "https://s3.example.com",
  }],
  ["logging.level=WARNING", { LOG_LEVEL: "warning" }],
  ["extraEnv[0].name=RYNXS_WRITER_ID,extraEnv[0].value=cluster-1", {
    RYNXS_WRITER_ID: "cluster-1",
  }],
  ["checkpoints.signingKeySecret=keys", { RYNXS_SIGNING_KEY: "/etc/rynxs/signing/log.key" }],
];

for (const [values, expected] of VARIABLES) {
  Deno.test(`the operator is told of ${values}`, async () => {
    const actual = await operatorVariables(values);
    assert.deepEqual({ ...actual, ...expected }, actual);
  });
}

Deno.test("the operator understands what it is told, and the rest is as without a chart", async () => {
  const read = async (...args: string[]) => {
    const operator = found(objectsOf(await manifest(...args)), "Deployment", "rynxs-operator");
    return operatorSettings({ ...variables(operator), POD_NAME: "operator-0" }, "/data");
  };
  const plain = operatorSettings({ POD_NAME: "operator-0" }, "/data");
  assert.deepEqual(await read("--set=leaderElection.enabled=true,metrics.enabled=true"), {
    ...plain,
    log: { kind: "file", path: "/var/lib/rynxs/logs/operator-events.log", ...noBounds },
    logs: { level: "info", format: "json" },
    election: { ...plain.election, enabled: true },
  });
  const production = await read("-f", PRODUCTION, "--set=checkpoints.signingKeySecret=keys");
  assert.equal(production.log.kind, "s3");
  assert.deepEqual(production.checkpoints, {
    signingKey: "/etc/rynxs/signing/log.key",
    every: 1_000,
  });
});

/** Of a log in a file: it grows without bounds. */
const noBounds = { maxBytes: undefined, maxSegments: undefined };

Deno.test("a variable of extraEnv replaces the chart's own, and is there once", async () => {
  const objects = objectsOf(
    await manifest("--set", "extraEnv[0].name=RYNXS_WRITER_ID,extraEnv[0].value=cluster-1"),
  );
  const pod = podOf(found(objects, "Deployment", "rynxs-operator"));
  const names = pod?.containers[0]?.env.map(({ name }) => name) ?? [];
  assert.deepEqual(names, [...new Set(names)]);
});

Deno.test("replicas that write for one cluster are still told apart by the lease", async () => {
  const objects = objectsOf(
    await manifest("--set", "extraEnv[0].name=RYNXS_WRITER_ID,extraEnv[0].value=cluster-1"),
  );
  const pod = podOf(found(objects, "Deployment", "rynxs-operator"));
  const identity = pod?.containers[0]?.env.find(({ name }) => name === "RYNXS_LEADER_ID");
  assert.deepEqual(identity?.["valueFrom"], { fieldRef: { fieldPath: "metadata.name" } });
});

/** What an installation with the operator's earlier charts has in its file for production. */
const EARLIER = `
image: { repository: registry.example.com/operator, tag: v0.1.0, pullPolicy: IfNotPresent }
replicaCount: 3
leaderElection: { enabled: true, leaseDuration: 15s, renewDeadline: 10s, retryPeriod: 2s }
podDisruptionBudget: { enabled: true, minAvailable: 1 }
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: { matchLabels: { app.kubernetes.io/name: rynxs } }
resources: { requests: { cpu: 200m, memory: 256Mi }, limits: { cpu: 1000m, memory: 1Gi } }
logSink:
  type: s3
  s3: { endpoint: "https://s3.example.com", bucket: log, region: eu-west-1, accessKeySecret: keys }
minio: { enabled: false, image: { tag: RELEASE.2024-11-07T00-15-16Z }, existingSecret: root }
metrics:
  enabled: true
  port: 8080
  path: /metrics
  serviceMonitor: { enabled: true, interval: 30s, scrapeTimeout: 10s, labels: { prometheus: main } }
  networkPolicy:
    enabled: true
    prometheusNamespaceSelector: { kubernetes.io/metadata.name: monitoring }
    prometheusPodSelector: { app.kubernetes.io/name: prometheus }
logging: { level: INFO, format: json }
securityContext: { runAsNonRoot: true, runAsUser: 1000, fsGroup: 1000, readOnlyRootFilesystem: true }
rbac: { create: true, serviceAccountName: rynxs-operator }
probes:
  liveness:
    enabled: true
    path: /healthz
    port: 8080
    initialDelaySeconds: 15
    periodSeconds: 10
    timeoutSeconds: 3
    failureThreshold: 6
persistence: { enabled: false, size: 10Gi, storageClass: "", accessMode: ReadWriteOnce }
crds: { create: true }
extraEnv: [{ name: RYNXS_WRITER_ID, value: cluster-1 }]
extraArgs: []
`;

Deno.test("a values file of the operator's earlier charts is understood", async () => {
  const path = await Deno.makeTempFile({ suffix: ".yaml" });
  try {
    await Deno.writeTextFile(path, EARLIER);
    const objects = objectsOf(await manifest("-f", path));
    const operator = found(objects, "Deployment", "rynxs-operator");
    assert.equal(podOf(operator)?.containers[0]?.image, "registry.example.com/operator:v0.1.0");
    assert.deepEqual(operator.spec?.["selector"], {
      matchLabels: { "app.kubernetes.io/name": "rynxs", "app.kubernetes.io/instance": "rynxs" },
    });
    const { RYNXS_LEASE_DURATION_SECONDS, RYNXS_WRITER_ID, S3_BUCKET } = variables(operator);
    assert.deepEqual([RYNXS_LEASE_DURATION_SECONDS, RYNXS_WRITER_ID, S3_BUCKET], [
      "15",
      "cluster-1",
      "log",
    ]);
  } finally {
    await Deno.remove(path);
  }
});
