import assert from "node:assert/strict";
import { type Config, ConfigError, faultLine, parseConfig } from "../../src/config/config.ts";

type Environment = Readonly<Record<string, string>>;

function logOf(yaml: string, environment: Environment = {}): Config["log"] {
  return parseConfig(`data_dir: /data\n${yaml}`, environment, "config.yaml").log;
}

function faultsOf(yaml: string, environment: Environment = {}): readonly string[] {
  try {
    logOf(yaml, environment);
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.faults.map(faultLine);
  }
}

Deno.test("a log is a file under the data directory where nothing says otherwise", () => {
  const { location, hashVersion, publishing } = logOf("");
  assert.deepEqual(location, {
    kind: "file",
    path: "/data/log/events.jsonl",
    maxBytes: undefined,
    maxSegments: undefined,
  });
  assert.equal(hashVersion, "v1");
  assert.equal(publishing, undefined);
});

const S3: Environment = {
  EVENT_STORE_TYPE: "s3",
  S3_BUCKET: "events",
  S3_PREFIX: "mine/",
  S3_ENDPOINT: "http://store:9000",
  S3_REGION: "eu-1",
  RYNXS_S3_HEAD_KEY: "the-head",
  RYNXS_HASH_VERSION: "V2",
};

Deno.test("the environment says what the file leaves open", () => {
  const { location, hashVersion } = logOf("", S3);
  assert.deepEqual(location, {
    kind: "s3",
    bucket: "events",
    prefix: "mine",
    endpoint: "http://store:9000",
    region: "eu-1",
    headKey: "the-head",
  });
  assert.equal(hashVersion, "v2");
});

Deno.test("the file wins over the environment", () => {
  const yaml = "log: {store: holdfast, bucket: own, prefix: p, use_head: no, hash_version: v1}";
  const { location, hashVersion } = logOf(yaml, S3);
  assert.deepEqual([location.kind, hashVersion], ["holdfast", "v1"]);
  assert.ok(location.kind === "holdfast");
  assert.deepEqual([location.bucket, location.prefix], ["own", "p"]);
  assert.equal(location.headKey, undefined);
  const file = logOf("log: {store: file, path: /l, max_bytes: 1000, max_segments: 3}", S3);
  assert.deepEqual(file.location, { kind: "file", path: "/l", maxBytes: 1000, maxSegments: 3 });
});

/** What cannot be meant, and how it is told. */
const FAULTS: readonly (readonly [yaml: string, environment: Environment, fault: string])[] = [
  ["", { EVENT_STORE_TYPE: "tape" }, 'EVENT_STORE_TYPE must be file, s3 or holdfast, not "tape"'],
  ["", { EVENT_STORE_TYPE: "s3" }, "S3_BUCKET is required with EVENT_STORE_TYPE=s3"],
  ["", { RYNXS_HASH_VERSION: "v3" }, 'RYNXS_HASH_VERSION must be v1 or v2, not "v3"'],
  [
    "",
    { EVENT_STORE_MAX_BYTES: "many" },
    'EVENT_STORE_MAX_BYTES must be a whole number, not "many"',
  ],
  ["log: {store: s3}", {}, "log.bucket: is required with store s3"],
  ["log: {store: tape}", {}, "log.store: must be one of file, s3, holdfast"],
  ["log: {hash_version: v3}", {}, "log.hash_version: must be one of v1, v2"],
  ["log: {readers: [ann]}", {}, 'log.readers[0]: there is no user "ann"'],
  [
    "auth: {token: t}\nlog: {writers: [token, bob]}",
    {},
    'log.writers[1]: there is no user "bob"',
  ],
  ["log: {signing_key: k.pem}", {}, "log.origin: is required with its other half"],
  ["log: {origin: o}", {}, "log.signing_key: is required with its other half"],
  [
    "log: {origin: a+b, signing_key: k.pem}",
    {},
    "log.origin: must have no space and no plus",
  ],
  ["log: {publish_interval: 0}", {}, "log.publish_interval: must be a duration"],
  ["log: {publish_interval: 600h}", {}, "log.publish_interval: must be at most 24h"],
];

for (const [yaml, environment, fault] of FAULTS) {
  Deno.test(`refused: ${fault}`, () => {
    const [found, ...others] = faultsOf(yaml, environment);
    assert.ok(found?.startsWith(fault), found);
    assert.deepEqual(others, []);
  });
}

const ANN = "{name: ann, credentials: [{access_key_id: a1, secret_access_key: s}]}";
const ANN_TWICE = "{name: ann, credentials: [{access_key_id: a1, secret_access_key: s}, " +
  "{access_key_id: a2, secret_access_key: s}]}";
const BOB = "{name: bob, credentials: [{access_key_id: b1, secret_access_key: s}]}";

/** Whoever is there, and who may read and append then. */
const RIGHTS: readonly (readonly [yaml: string, readers: string[], writers: string[]])[] = [
  [`users: [${ANN}]`, ["ann"], ["ann"]],
  [`users: [${ANN_TWICE}]`, ["ann"], ["ann"]],
  ["auth: {token: t}", ["token"], ["token"]],
  ["auth: {access_key_id: k, secret_access_key: s, token: t}", ["k"], ["k"]],
  [`users: [${ANN}, ${BOB}]`, [], []],
  [`auth: {token: t}\nusers: [${ANN}]`, [], []],
  [`users: [${ANN}, ${BOB}]\nlog: {readers: [ann, bob], writers: [bob]}`, ["ann", "bob"], ["bob"]],
  [`users: [${ANN}]\nlog: {readers: [ann]}`, ["ann"], []],
  ["", [], []],
];

for (const [yaml, readers, writers] of RIGHTS) {
  Deno.test(`who may read and append with ${yaml.replaceAll("\n", "; ") || "nobody"}`, () => {
    const log = logOf(yaml);
    assert.deepEqual([log.readers, log.writers], [readers, writers]);
  });
}
