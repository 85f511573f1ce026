/**
 * What the operator beside a server is told, and what it may do.
 *
 * @module
 */
import { delimiter, join, resolve } from "node:path";
import type { Config } from "../../config/config.ts";
import type { Environment } from "../../config/environment.ts";
import { authorityOf } from "../../config/fields.ts";
import { identities } from "../../config/identities.ts";
import type { BucketLogLocation, LogLocation } from "../../config/log_location.ts";
import { operatorSettings } from "../../config/operator_settings.ts";
import { clusterAccess } from "../../operator/kube/cluster_access.ts";
import { UsageError } from "../command.ts";
import type { LogAccess } from "../operator/run_operator.ts";
import { endpointOf } from "./greeting.ts";

/** How the operator beside a server is started. */
export interface CompanionPlan {
  readonly environment: Readonly<Record<string, string>>;
  readonly log: LogAccess;
  readonly permissions: Deno.PermissionOptionsObject;
}

/** What an operator reads of the environment: names, and how names begin. */
const OPERATOR_VARIABLES =
  /^(RYNXS_|EVENT_STORE_|S3_|AWS_|METRICS_|LOG_|POD_|KUBE|WATCH_NAMESPACE$|HOSTNAME$|HOME$|HOLDFAST_DATA_DIR$)/;

/** What the packages that it stands on look for. */
const LIBRARY_VARIABLES = [
  "AWS_*",
  "AMZN_*",
  "_X_AMZN_TRACE_ID",
  "SMITHY_*",
  "UNDICI_*",
  "NODE_*",
  "OTEL_*",
  "NO_COLOR",
  "FORCE_COLOR",
  "DEBUG*",
  "LOG_STREAM",
  "LOG_TOKENS",
  "HOME",
  "HOMEDRIVE",
  "HOMEPATH",
  "USERPROFILE",
];

/**
 * Plans the operator beside a server: its log is the server's.
 *
 * @throws {UsageError} for a log in a file: the operator may write none
 * @throws {Error} for variables or a cluster that cannot be meant
 */
export async function companionPlan(
  config: Config,
  environment: Environment,
): Promise<CompanionPlan> {
  const log = logAccess(config);
  const settings = operatorSettings(environment, config.data_dir);
  const access = await clusterAccess(environment);
  // The thread may not ask in which directory it is.
  const KUBECONFIG = absolute(environment["KUBECONFIG"]);
  const own = Object.entries({ ...environment, KUBECONFIG })
    .filter(([name]) => OPERATOR_VARIABLES.test(name));
  return {
    environment: Object.fromEntries(own.map(([name, value = ""]) => [name, value])),
    log,
    permissions: {
      net: [access.endpoint, ...hostsOf(log, environment), authorityOf(settings.probes)],
      read: [
        ...access.readFiles,
        ...settings.checkpoints === undefined ? [] : [settings.checkpoints.signingKey],
        ...credentialFiles(log, environment),
      ],
      write: false,
      env: LIBRARY_VARIABLES,
      sys: false,
      run: false,
      ffi: false,
      import: false,
    },
  };
}

function logAccess(config: Config): LogAccess & { location: BucketLogLocation } {
  const { location } = config.log;
  if (location.kind === "s3") return { location };
  if (location.kind === "file") {
    throw new UsageError(
      "--operator needs a log that is reached by network: the operator beside a server may write " +
        "no file. Set EVENT_STORE_TYPE (or log.store) to holdfast or s3",
    );
  }
  const { bucket } = location;
  const writer = identities(config).find(({ buckets }) => buckets.includes(bucket)) ??
    identities(config).find(({ create_buckets }) => create_buckets);
  if (writer === undefined) {
    throw new UsageError(`--operator needs a user who has the bucket of the log, ${bucket}`);
  }
  const { access_key_id: accessKeyId, secret_access_key: secretAccessKey } = writer;
  const { endpoint = reachable(config), region = config.server.region } = location;
  return {
    location: { ...location, kind: "s3", endpoint, region },
    credentials: { accessKeyId, secretAccessKey },
  };
}

/** An address to listen on is not always one to connect to, and no certificate is for all of them. */
function reachable(config: Config): string {
  const { listen_addr: { port }, tls } = config.server;
  if (port === 0) throw new UsageError("--operator needs a port in server.listen_addr");
  if (tls !== undefined) {
    throw new UsageError(
      "--operator needs the server's own URL, with a name that its certificate has: set " +
        "log.endpoint (or S3_ENDPOINT)",
    );
  }
  const url = new URL(endpointOf(config, port));
  if (url.hostname === "0.0.0.0") url.hostname = "127.0.0.1";
  if (url.hostname === "[::]") url.hostname = "[::1]";
  return url.origin;
}

function hostsOf(
  { credentials, location }: LogAccess,
  environment: Environment,
): readonly string[] {
  // Where a pod's identity is changed for credentials.
  const agent = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"];
  const agents = agent && credentials === undefined ? [hostOf(agent)] : [];
  return [...storeHosts(location, environment), ...agents];
}

function storeHosts(location: LogLocation, environment: Environment): readonly string[] {
  if (location.kind === "file") return [];
  if (location.endpoint !== undefined) return [hostOf(location.endpoint)];
  const region = location.region ?? environment["AWS_REGION"] ??
    environment["AWS_DEFAULT_REGION"] ?? "us-east-1";
  return [
    `${location.bucket}.s3.${region}.amazonaws.com:443`,
    `s3.${region}.amazonaws.com:443`,
    // Where a service account's token is changed for credentials.
    `sts.${region}.amazonaws.com:443`,
  ];
}

/** Where the SDK looks for credentials that nobody gives it. */
function credentialFiles({ credentials }: LogAccess, environment: Environment): readonly string[] {
  if (credentials !== undefined) return [];
  const home = environment["HOME"] || "/";
  const files = [
    environment["AWS_SHARED_CREDENTIALS_FILE"] || join(home, ".aws", "credentials"),
    environment["AWS_CONFIG_FILE"] || join(home, ".aws", "config"),
    environment["AWS_WEB_IDENTITY_TOKEN_FILE"],
    environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"],
  ];
  return files.flatMap((path) => path ? [path] : []);
}

function absolute(files = ""): string {
  return files.split(delimiter).filter((file) => file !== "").map((file) => resolve(file))
    .join(delimiter);
}

function hostOf(url: string): string {
  const { hostname, port, protocol } = new URL(url);
  return `${hostname}:${port || (protocol === "https:" ? "443" : "80")}`;
}
