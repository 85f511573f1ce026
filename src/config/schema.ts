/**
 * The configuration, as its YAML is written: names, defaults, meaning. The configuration reference
 * is generated from the descriptions here. Times are milliseconds once read, sizes are bytes.
 *
 * @module
 */
import { z } from "zod";
import { apiSchema } from "./api_schema.ts";
import { backendsSchema } from "./backends_schema.ts";
import { evidenceSchema } from "./evidence_schema.ts";
import {
  accountId,
  addressRange,
  bucketName,
  duration,
  flag,
  integer,
  listenAddress,
  secret,
  text,
} from "./fields.ts";
import { logSchema } from "./log_schema.ts";
import { scopeList } from "./scopes.ts";
import { telemetrySchema } from "./telemetry_schema.ts";

function policyFile() {
  return text().meta({ type: "path" });
}

const key = {
  access_key_id: text().describe("Access key id; unique in the whole configuration."),
  secret_access_key: secret().describe("Its secret key."),
};

const credential = z.strictObject({
  ...key,
  name: text().optional().describe("Shown in logs and as owner; the access key id without one."),
  scopes: scopeList(),
});

const server = z.strictObject({
  listen_addr: listenAddress().prefault("0.0.0.0:9000").describe("Address and port to listen on."),
  virtual_bucket: bucketName().prefault("unified").describe(
    "The bucket that `auth` gives access to.",
  ),
  virtual_bucket_policy: policyFile().optional().describe("As `policy` of a bucket."),
  account_id: accountId().prefault("000000000000").describe(
    "Account in the ARNs of users in bucket policies: `arn:aws:iam::ACCOUNT:user/NAME`.",
  ),
  trusted_proxies: z.array(addressRange()).prefault([]).describe(
    "Addresses whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed, such as `10.0.0.0/8`.",
  ),
  max_object_size: integer({ zero: 5_368_709_120 }).prefault("5368709120").describe(
    "Largest object of a single PUT, in bytes.",
  ),
  backend_timeout: duration(30_000).prefault("30s").describe(
    "How long a backend may take to answer a call, or to take or bring the next bytes of a body.",
  ),
  stall_timeout: duration().prefault("60s").describe(
    "A client that neither sends nor takes a byte for this long is cut off.",
  ),
  shutdown_timeout: duration().prefault("30s").describe(
    "How long requests may finish after SIGTERM.",
  ),
  threads: integer({ min: 1, max: 256 }).optional().describe(
    "Threads that serve. Without it one per core; one with the embedded database.",
  ),
  domain: text().toLowerCase().optional().describe(
    "Base domain for virtual-host addressing: `BUCKET.domain`.",
  ),
  region: text().prefault("us-east-1").describe("Region that signatures must name."),
  tls: z.strictObject({
    cert_file: text().describe("Certificate chain, PEM. Read again when it changes."),
    key_file: text().describe("Private key, PEM. Read again when it changes."),
  }).optional().describe("Serve HTTPS."),
});

const auth = z.strictObject({
  access_key_id: z.string().optional().describe("Access key id for the virtual bucket."),
  secret_access_key: z.string().meta({ type: "secret" }).optional().describe("Its secret key."),
  token: z.string().meta({ type: "secret" }).optional().describe(
    "Legacy token, as clients send it in `X-Proxy-Token`.",
  ),
  scopes: scopeList(),
});

/** How to reach PostgreSQL. Source of the modes: libpq, "SSL Support". */
const database = z.strictObject({
  host: text().describe("Host name or address."),
  port: integer({ max: 65_535, zero: 5432 }).prefault("5432").describe("Port."),
  database: text().describe("Name of the database."),
  user: text().describe("User."),
  password: z.string().meta({ type: "secret" }).prefault("").describe("Password."),
  ssl_mode: z.enum(["disable", "allow", "prefer", "require", "verify-ca", "verify-full"])
    .prefault("disable").describe("TLS towards the database, as libpq's `sslmode`."),
  max_conns: integer({ max: 1_000, zero: 10 }).prefault("10").describe(
    "Most connections of a process, shared out among its threads; each has at least 5.",
  ),
  min_conns: integer({ max: 1_000, zero: 5 }).prefault("5").describe(
    "Connections opened at the start, shared out likewise.",
  ),
  max_conn_lifetime: duration(300_000).prefault("5m").describe(
    "A connection is replaced after this long.",
  ),
});

const bucket = z.strictObject({
  name: bucketName().describe("Name of the bucket; made at the start when it is not there."),
  credentials: z.array(credential).prefault([]).describe(
    "Who may use this bucket. The first owns it: its policy cannot lock that one out.",
  ),
  policy: policyFile().optional().describe(
    "File with its bucket policy, relative to this one. The API cannot change it then.",
  ),
});

const user = z.strictObject({
  name: text().describe("Shown in logs and as owner."),
  credentials: z.array(z.strictObject(key)).min(1, "needs at least one credential").describe(
    "Its keys; several while they are being rotated.",
  ),
  buckets: z.array(bucketName()).prefault([]).describe("Buckets it may use, besides its own."),
  create_buckets: flag().prefault("false").describe("Whether it may create buckets."),
  scopes: scopeList(),
});

const workers = z.strictObject({
  quota_metrics_interval: duration().prefault("30s").describe("Between updates of the gauges."),
  sweep_interval: duration().prefault("1m").describe("Between sweeps of abandoned writes."),
  intent_max_age: duration().prefault("2m").describe(
    "A write that shows no life for this long is abandoned.",
  ),
  deletion_interval: duration().prefault("5s").describe("Between runs of the deletion queue."),
  cleanup_interval: duration().prefault("1h").describe("Between looks for old multipart uploads."),
  multipart_max_age: duration().prefault("24h").describe(
    "A multipart upload this old is aborted.",
  ),
});

/** The whole file. */
export const configSchema = z.strictObject({
  server: server.prefault({}).describe("The S3 endpoint."),
  auth: auth.prefault({}).describe("One credential for the virtual bucket."),
  buckets: z.array(bucket).prefault([]).describe("Further buckets with credentials of their own."),
  users: z.array(user).prefault([]).describe("Users that see several buckets or create them."),
  database: database.optional().describe(
    "PostgreSQL. Without it one is embedded, under `data_dir`.",
  ),
  backends: backendsSchema.optional().describe(
    "Where objects are kept. Without it, in `data_dir`/objects.",
  ),
  placement: z.enum(["pack", "spread"]).prefault("pack").describe(
    "`pack`: the first backend with room; `spread`: the one that is least full.",
  ),
  data_dir: text().optional().describe(
    "For what is kept on this machine. Default: `HOLDFAST_DATA_DIR`, then `./data`.",
  ),
  workers: workers.prefault({}).describe("Background work."),
  log: logSchema.prefault({}).describe("The log of events."),
  evidence: evidenceSchema.prefault({}).describe("Evidence for decisions."),
  api: apiSchema.prefault({}).describe("The service's own API, below `/-/api/v1`."),
  telemetry: telemetrySchema.prefault({}).describe("Metrics, traces and logs."),
});

/** What the file says, with its defaults. */
export type WrittenConfig = z.infer<typeof configSchema>;

/** How to reach PostgreSQL. */
export type DatabaseConfig = z.infer<typeof database>;
