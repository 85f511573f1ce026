import assert from "node:assert/strict";
import { ConfigError, faultLine, parseConfig } from "../../src/config/config.ts";
import { authenticationIsOff, configuredBuckets, identities } from "../../src/config/identities.ts";

/** The file of a proxy that this service replaces, with every key it knew. */
const OLDER_FILE = `
server:
  listen_addr: "0.0.0.0:9000"
  virtual_bucket: "unified"
  max_object_size: 5368709120
  backend_timeout: "30s"
auth:
  access_key_id: "\${PROXY_KEY}"
  secret_access_key: "\${PROXY_SECRET}"
  token: ""
database:
  host: localhost
  port: 5432
  database: "s3proxy"
  user: "s3proxy"
  password: \${DB_PASSWORD}
  ssl_mode: "disable"
  max_conns: 20
  min_conns: 2
  max_conn_lifetime: "1h30m"
backends:
  - name: "oci"
    endpoint: "https://namespace.compat.objectstorage.us-phoenix-1.oraclecloud.com/"
    region: "us-phoenix-1"
    bucket: "my-bucket"
    access_key_id: "\${OCI_KEY}"
    secret_access_key: "\${OCI_SECRET}"
    force_path_style: true
    quota_bytes: 21474836480
  - endpoint: http://127.0.0.1:9100
    region: us-east-1
    bucket: second
    access_key_id: a
    secret_access_key: 0123
telemetry:
  metrics:
    enabled: true
    path: "/metrics"
  tracing:
    enabled: true
    endpoint: "localhost:4317"
    insecure: true
    sample_rate: 0.25
`;

const ENVIRONMENT = {
  PROXY_KEY: "AKPROXY",
  PROXY_SECRET: "proxy ${secret}",
  DB_PASSWORD: "00017",
  OCI_KEY: "AKOCI",
  OCI_SECRET: "oci: secret # with 'signs'",
};

function faultsOf(yaml: string, environment: Record<string, string> = {}): readonly string[] {
  try {
    parseConfig(yaml, environment, "test.yaml");
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(faultLine);
    throw error;
  }
  return [];
}

Deno.test("the YAML of the older proxy works unchanged", () => {
  const config = parseConfig(OLDER_FILE, ENVIRONMENT, "test.yaml");
  assert.deepEqual(config.server.listen_addr, { hostname: "0.0.0.0", port: 9000 });
  assert.equal(config.server.backend_timeout, 30_000);
  assert.deepEqual(config.database, {
    host: "localhost",
    port: 5432,
    database: "s3proxy",
    user: "s3proxy",
    password: "00017",
    ssl_mode: "disable",
    max_conns: 20,
    min_conns: 2,
    max_conn_lifetime: 5_400_000,
  });
  assert.deepEqual(config.backends, [
    {
      type: "s3",
      name: "oci",
      endpoint: "https://namespace.compat.objectstorage.us-phoenix-1.oraclecloud.com",
      region: "us-phoenix-1",
      bucket: "my-bucket",
      access_key_id: "AKOCI",
      secret_access_key: "oci: secret # with 'signs'",
      force_path_style: true,
      aws_chunked: false,
      quota_bytes: 21_474_836_480,
    },
    {
      type: "s3",
      name: "backend-1",
      endpoint: "http://127.0.0.1:9100",
      region: "us-east-1",
      bucket: "second",
      access_key_id: "a",
      secret_access_key: "0123",
      force_path_style: false,
      aws_chunked: false,
      quota_bytes: 0,
    },
  ]);
  assert.deepEqual(config.telemetry.tracing, {
    enabled: true,
    endpoint: "localhost:4317",
    protocol: "grpc",
    insecure: true,
    sample_rate: 0.25,
  });
  assert.deepEqual(identities(config), [{
    name: "AKPROXY",
    access_key_id: "AKPROXY",
    secret_access_key: "proxy ${secret}",
    buckets: ["unified"],
    create_buckets: false,
  }]);
});

Deno.test("an empty file is a server with an embedded database, a disk and no authentication", () => {
  const config = parseConfig("", {}, "test.yaml");
  assert.equal(config.database, undefined);
  assert.equal(config.data_dir, "./data");
  assert.deepEqual(config.backends, [
    { type: "disk", name: "disk", path: "./data/objects", quota_bytes: 0 },
  ]);
  assert.equal(config.telemetry.metrics.enabled, true);
  assert.equal(config.server.max_object_size, 5_368_709_120);
  assert.equal(authenticationIsOff(config), true);
  assert.deepEqual(configuredBuckets(config), ["unified"]);
});

Deno.test("a configuration survives the way to a thread", () => {
  const config = parseConfig(OLDER_FILE, ENVIRONMENT, "test.yaml");
  assert.deepEqual(structuredClone(config), config);
});

Deno.test("keys with an empty value keep their defaults", () => {
  const config = parseConfig("server:\n  region:\n  backend_timeout: ~\nauth:\n", {}, "test.yaml");
  assert.equal(config.server.region, "us-east-1");
  assert.equal(config.server.backend_timeout, 30_000);
});

Deno.test("the virtual bucket is served besides configured ones only when somebody has it", () => {
  const own = "buckets: [{name: logs, credentials: [{access_key_id: a, secret_access_key: b}]}]\n";
  assert.deepEqual(configuredBuckets(parseConfig(own, {}, "test.yaml")), ["logs"]);
  const both = parseConfig(`${own}auth: {token: legacy}`, {}, "test.yaml");
  assert.deepEqual(configuredBuckets(both), ["unified", "logs"]);
  assert.equal(authenticationIsOff(both), false);
});

Deno.test("a user's keys all lead to the same name and buckets", () => {
  const config = parseConfig(
    `users:
  - name: ci
    credentials:
      - {access_key_id: old, secret_access_key: 1}
      - {access_key_id: new, secret_access_key: 2}
    buckets: [builds, logs]
    create_buckets: yes`,
    {},
    "test.yaml",
  );
  const common = { name: "ci", buckets: ["builds", "logs"], create_buckets: true };
  assert.deepEqual(identities(config), [
    { ...common, access_key_id: "old", secret_access_key: "1" },
    { ...common, access_key_id: "new", secret_access_key: "2" },
  ]);
});

const S3 = "endpoint: http://h, bucket: b, access_key_id: a, secret_access_key: s";

const FAULTS: readonly (readonly [string, readonly string[]])[] = [
  ["server: {listen: x}", ["server.listen: is not a known key"]],
  ["servers: {}", ["servers: is not a known key"]],
  [
    "server: {listen_addr: nine}",
    ['server.listen_addr: must be an address such as "0.0.0.0:9000"'],
  ],
  ["server: {listen_addr: '0.0.0.0:70000'}", [
    'server.listen_addr: must be an address such as "0.0.0.0:9000"',
  ]],
  ["server: {backend_timeout: 30}", [
    'server.backend_timeout: must be a duration greater than zero, such as "30s" or "1h30m"',
  ]],
  ["server: {virtual_bucket: Ünified}", [
    "server.virtual_bucket: is not a bucket name: 3 to 63 of a-z, 0-9, '-' and '.'",
  ]],
  ["server: {virtual_bucket: metrics}", [
    'server.virtual_bucket: "metrics" is a path of the service and cannot be a bucket',
  ]],
  ["telemetry: {metrics: {path: /unified}}", ['telemetry.metrics.path: is the bucket "unified"']],
  ["server: {tls: {cert_file: c.pem}}", ["server.tls.key_file: is required"]],
  ["server: [a]", ["server: must be a map of keys"]],
  ["backends: {}", ["backends: must be a list"]],
  ["backends: []", ["backends: needs at least one backend"]],
  [`backends: [{${S3}, quota_bytes: 1.5}]`, [
    "backends[0].quota_bytes: must be a whole number, at least 0",
  ]],
  [`backends: [{${S3}, quota_bytes: -1}]`, [
    "backends[0].quota_bytes: must be a whole number, at least 0",
  ]],
  [`backends: [{${S3}, quota_bytes: 10GB}]`, [
    "backends[0].quota_bytes: must be a whole number, at least 0",
  ]],
  [`backends: [{${S3}}, {${S3}, name: backend-0}]`, [
    'backends[1].name: the backend "backend-0" is already at backends[0].name',
  ]],
  ["backends: [{type: disk}]", ["backends[0].path: is required"]],
  ["backends: [{type: tape}]", ["backends[0].type: must be one of s3, disk"]],
  ["backends: [{type: disk, path: p, endpoint: http://h}]", [
    "backends[0].endpoint: is not a known key",
  ]],
  ["backends: [{endpoint: 'ftp://h', bucket: b, access_key_id: a, secret_access_key: s}]", [
    "backends[0].endpoint: must be an http or https URL",
  ]],
  ["placement: random", ["placement: must be one of pack, spread"]],
  ["auth: {access_key_id: a}", ["auth.secret_access_key: is required with its other half"]],
  ["auth: {secret_access_key: a}", ["auth.access_key_id: is required with its other half"]],
  ["users: [{name: u, credentials: []}]", ["users[0].credentials: needs at least one credential"]],
  [
    "auth: {access_key_id: a, secret_access_key: b}\n" +
    "users: [{name: u, credentials: [{access_key_id: a, secret_access_key: c}]}]",
    [
      'users[0].credentials[0].access_key_id: the access key id "a" is already at auth.access_key_id',
    ],
  ],
  ["auth: {token: t}\nbuckets: [{name: unified}]", [
    'buckets[0].name: the bucket "unified" is already at server.virtual_bucket',
  ]],
  ["telemetry: {tracing: {sample_rate: 2}}", [
    "telemetry.tracing.sample_rate: must be a number from 0 to 1",
  ]],
  ["server: {region: '${NOT_THERE}'}", [
    "server.region: the environment variable NOT_THERE is not set",
  ]],
  ["server: {backend_timeout: '${NOT_THERE}'}", [
    "server.backend_timeout: the environment variable NOT_THERE is not set",
  ]],
  ["server: {region: '${NOT THERE}'}", ["server.region: has a ${ that is no ${NAME}; write $${"]],
  ["server: {region: '${'}", ["server.region: has a ${ that is no ${NAME}; write $${"]],
  ["database: {}", [
    "database.host: is required",
    "database.database: is required",
    "database.user: is required",
  ]],
];

for (const [yaml, faults] of FAULTS) {
  Deno.test(`refused: ${yaml.replaceAll("\n", " / ")}`, () => {
    assert.deepEqual(faultsOf(yaml), faults);
  });
}

Deno.test("all faults are reported at once", () => {
  const faults = faultsOf("server: {x: 1, threads: 0}\nauth: {token: '${T}'}\nplacement: up");
  assert.deepEqual(faults.toSorted(), [
    "auth.token: the environment variable T is not set",
    "placement: must be one of pack, spread",
    "server.threads: must be a whole number, at least 1 and at most 256",
    "server.x: is not a known key",
  ]);
});

Deno.test("a bucket's credential cannot have a user's name, and with it what that user owns", () => {
  const text = `
users: [{name: ann, credentials: [{access_key_id: a, secret_access_key: s}]}]
buckets:
  - name: one
    credentials:
      - {access_key_id: ann, secret_access_key: s}
      - {access_key_id: c, secret_access_key: s, name: ann}
      - {access_key_id: d, secret_access_key: s, name: bob}
`;
  assert.deepEqual(faultsOf(text), [
    "buckets[0].credentials[0].name: is the name of the user at users[0].name",
    "buckets[0].credentials[1].name: is the name of the user at users[0].name",
  ]);
});

Deno.test("broken YAML and keys given twice are faults of the document", () => {
  assert.match(faultsOf("server: {").join(), /at line 1/);
  assert.match(faultsOf("placement: pack\nplacement: spread").join(), /unique.*at line 2/);
});

Deno.test("a doubled dollar writes a literal reference, and values are not expanded again", () => {
  const config = parseConfig(
    "auth: {token: 'a$${HOME}b$c${X}'}",
    { X: "${HOME}", HOME: "/root" },
    "test.yaml",
  );
  assert.equal(config.auth.token, "a${HOME}b$c${HOME}");
});

Deno.test("a number may come out of a variable", () => {
  const yaml = `backends: [{${S3}, quota_bytes: "\${QUOTA}"}]`;
  const config = parseConfig(yaml, { QUOTA: "10_000" }, "test.yaml");
  assert.equal(config.backends[0]?.quota_bytes, 10_000);
});

Deno.test("an error's message repeats no secret", () => {
  const faults = faultsOf(
    "auth: {access_key_id: a, secret_access_key: hush, token: [hush]}\nserver: {threads: x}",
  );
  assert.equal(faults.length, 2);
  assert.doesNotMatch(faults.join(), /hush/);
});

const PROTOCOLS: readonly (readonly [string, "grpc" | "http"])[] = [
  ["collector:4317", "grpc"],
  ["collector:4318", "http"],
  ["http://collector:4318", "http"],
  ["https://collector/v1/traces", "http"],
  ["http://collector:4317", "grpc"],
];

for (const [endpoint, protocol] of PROTOCOLS) {
  Deno.test(`traces go to ${endpoint} by ${protocol}`, () => {
    const yaml = `telemetry: {tracing: {endpoint: "${endpoint}"}}`;
    assert.equal(parseConfig(yaml, {}, "test.yaml").telemetry.tracing.protocol, protocol);
  });
}
