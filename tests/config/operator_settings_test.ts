import assert from "node:assert/strict";
import { operatorSettings } from "../../src/config/operator_settings.ts";

Deno.test("an operator that is told nothing looks after all namespaces, alone, with a log in a file", () => {
  const { election, ...settings } = operatorSettings({}, "data");
  assert.equal(election.enabled, false);
  assert.deepEqual(settings, {
    namespace: undefined,
    watchNamespace: undefined,
    writerId: undefined,
    runtimeClassName: undefined,
    resync: 600_000,
    log: {
      kind: "file",
      path: "data/log/events.jsonl",
      maxBytes: undefined,
      maxSegments: undefined,
    },
    hashVersion: "v1",
    checkpoints: undefined,
    probes: { hostname: "0.0.0.0", port: 8_080, metrics: true },
    logs: { level: "info", format: "auto" },
  });
});

Deno.test("an operator takes what existing deployments say", () => {
  const settings = operatorSettings({
    RYNXS_LEADER_ELECTION_ENABLED: "1",
    RYNXS_WRITER_ID: "writer-0",
    POD_NAME: "operator-0",
    POD_NAMESPACE: "rynxs",
    WATCH_NAMESPACE: "agents",
    EVENT_STORE_TYPE: "s3",
    S3_BUCKET: "rynxs-events-prod",
    S3_ENDPOINT: "http://minio:9000",
    RYNXS_HASH_VERSION: "v2",
    RYNXS_RUNTIME_CLASS: "gvisor",
    RYNXS_RESYNC_SECONDS: "30",
    RYNXS_SIGNING_KEY: "/keys/log.pem",
    RYNXS_CHECKPOINT_EVERY: "50",
    METRICS_ENABLED: "false",
    METRICS_HOST: "::",
    METRICS_PORT: "9090",
    LOG_LEVEL: "INFO",
    LOG_FORMAT: "json",
  }, "data");
  assert.equal(settings.election.identity, "writer-0");
  assert.equal(settings.namespace, "rynxs");
  assert.equal(settings.watchNamespace, "agents");
  assert.equal(settings.writerId, "writer-0");
  assert.equal(settings.runtimeClassName, "gvisor");
  assert.equal(settings.resync, 30_000);
  assert.equal(settings.log.kind, "s3");
  assert.equal(settings.hashVersion, "v2");
  assert.deepEqual(settings.checkpoints, { signingKey: "/keys/log.pem", every: 50 });
  assert.deepEqual(settings.probes, { hostname: "::", port: 9_090, metrics: false });
  assert.deepEqual(settings.logs, { level: "info", format: "json" });
});

/** The namespace of the lease, and which variables say it, the first that is set. */
const NAMESPACES = [
  ["RYNXS_OPERATOR_NAMESPACE", "one"],
  ["POD_NAMESPACE", "two"],
  ["WATCH_NAMESPACE", "three"],
] as const;

Deno.test("the lease is where the first of three variables says", () => {
  for (const [index, [, first]] of NAMESPACES.entries()) {
    const environment = Object.fromEntries(NAMESPACES.slice(index));
    assert.equal(operatorSettings(environment, "data").namespace, first);
  }
});

const REFUSED: readonly (readonly [string, string, RegExp])[] = [
  ["METRICS_PORT", "eighty", /^METRICS_PORT must be a whole number/],
  ["METRICS_PORT", "65536", /^METRICS_PORT must be a whole number/],
  [
    "METRICS_ENABLED",
    "maybe",
    /^METRICS_ENABLED must be one of true, 1, false, 0, not "maybe"$|^METRICS_ENABLED must be one of/,
  ],
  ["LOG_LEVEL", "loud", /^LOG_LEVEL must be one of/],
  ["LOG_LEVEL", "constructor", /^LOG_LEVEL must be one of/],
  ["LOG_FORMAT", "xml", /^LOG_FORMAT must be one of/],
  ["RYNXS_RESYNC_SECONDS", "0", /^RYNXS_RESYNC_SECONDS must be a whole number/],
  // A timer that is asked for more fires all the time.
  ["RYNXS_RESYNC_SECONDS", "2147484", /^RYNXS_RESYNC_SECONDS must be .* from 1 to 2000000,/],
  ["RYNXS_CHECKPOINT_EVERY", "-1", /^RYNXS_CHECKPOINT_EVERY must be a whole number/],
  ["RYNXS_HASH_VERSION", "v3", /^RYNXS_HASH_VERSION must be v1 or v2/],
  ["EVENT_STORE_TYPE", "tape", /^EVENT_STORE_TYPE must be/],
];

for (const [name, value, message] of REFUSED) {
  Deno.test(`${name}=${value} is refused with its name`, () => {
    assert.throws(() => operatorSettings({ [name]: value }, "data"), { message });
  });
}
