import assert from "node:assert/strict";
import { CHART, helm, PRODUCTION } from "./helm_chart.ts";

/** Values that must be refused, with what is said of them. */
const REFUSED: readonly (readonly [why: string, values: string, message: RegExp])[] = [
  ["a name with a slip", "replicaCont=3", /'replicaCont' not allowed/],
  ["a nested name with a slip", "leaderElection.enable=true", /'enable' not allowed/],
  ["a name of the server with a slip", "server.replicas=3", /'replicas' not allowed/],
  ["a password", "minio.rootPassword=hunter2", /'rootPassword' not allowed/],
  ["an unknown kind of log", "logSink.type=kafka", /one of 'file', 's3'/],
  ["text for a number", "replicaCount=three", /got string, want integer/],
  ["a size that is none", "persistence.size=big", /'big' does not match/],
  ["a share that is none", "podDisruptionBudget.minAvailable=half", /'half' does not match/],
  ["an endpoint without a scheme", "logSink.s3.endpoint=minio:9000", /endpoint.*does not match/],
  ["a resource that is none", "resources.request.cpu=1", /invalid propertyName 'request'/],
  ["root", "securityContext.runAsUser=0", /runAsUser.*minimum/],
  ["operators with the labels of servers", "nameOverride=holdfast", /nameOverride.*'not' failed/],
  ["the tag latest", "image.tag=latest", /latest of the image .* name a version/],
  [
    "the tag latest of MinIO",
    "minio.enabled=true,minio.image.tag=latest",
    /minio\/minio .* name a version/,
  ],
  [
    "a log that ends with its pod",
    "persistence.enabled=false",
    /logSink\.type file needs persistence/,
  ],
  [
    "a lease shorter than its renewal",
    "leaderElection.leaseDurationSeconds=10",
    /\(10\) must be more than renewDeadlineSeconds \(20\)/,
  ],
  [
    "retries that leave no time before the deadline",
    "leaderElection.renewDeadlineSeconds=12,leaderElection.retryPeriodSeconds=10",
    /\(12\), and that more than 1\.2 times retryPeriodSeconds \(10\)/,
  ],
  [
    "probes of another port",
    "metrics.port=9090",
    /probes\.liveness\.port \(8080\) must be metrics\.port \(9090\)/,
  ],
  ["servers on one volume", "server.replicaCount=2", /several replicas cannot share a volume/],
  [
    "scaling on one volume",
    "server.autoscaling.enabled=true",
    /several replicas cannot share a volume/,
  ],
  [
    "a database without a volume",
    "server.persistence.enabled=false",
    /set server\.config\.database/,
  ],
  ["an ingress for no name", "server.ingress.enabled=true", /at least one of hosts/],
  [
    "two configurations",
    "server.existingConfigSecret=own,server.config.placement=pack",
    /exclude each other/,
  ],
  ["another port", "server.config.server.listen_addr=0.0.0.0:9001", /listens on port 9000/],
  [
    "an end before its time",
    "server.config.server.shutdown_timeout=1m",
    /\(45\) must be more than .* \(60 s\)/,
  ],
  [
    "an end before its time, with what goes before",
    "server.preStopSleepSeconds=15",
    /\(45\) must be more than .* \(30 s\) and preStopSleepSeconds \(15\) together/,
  ],
  [
    "an end before a time of several units",
    "server.config.server.shutdown_timeout=1m30s",
    /\(45\) must be more than .* \(90 s\)/,
  ],
  [
    "probes that do not speak TLS",
    "server.config.server.tls.cert_file=/tls.crt",
    /set server\.scheme to HTTPS/,
  ],
  [
    "a name too long for a StatefulSet's pods",
    `fullnameOverride=${"n".repeat(46)}`,
    /fullnameOverride.*maxLength/,
  ],
];

/** Values over those for production, likewise. */
const REFUSED_IN_PRODUCTION: typeof REFUSED = [
  [
    "objects on a pod's disk",
    "server.config.backends[0].type=disk",
    /backend first cannot be on disk/,
  ],
  ["a log on a pod's disk", "server.config.log.store=file", /set server\.config\.log\.store/],
  ["fewer at most than at least", "server.autoscaling.maxReplicas=2", /maxReplicas \(2\) is less/],
];

for (const [why, values, message] of REFUSED) {
  Deno.test(`the chart refuses ${why}`, async () => {
    const { ok, said } = await helm("template", "rynxs", CHART, "--set", values);
    assert.equal(ok, false);
    assert.match(said, message);
  });
}

for (const [why, values, message] of REFUSED_IN_PRODUCTION) {
  Deno.test(`the chart refuses ${why} in production`, async () => {
    const { ok, said } = await helm("template", "rynxs", CHART, "-f", PRODUCTION, "--set", values);
    assert.equal(ok, false);
    assert.match(said, message);
  });
}
