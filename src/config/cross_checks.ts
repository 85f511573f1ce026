import { type ConfigFault, yamlPath } from "./config_error.ts";
import { checkEvidence } from "./evidence_config.ts";
import { tokenUser } from "./identities.ts";
import { checkLog } from "./log_config.ts";
import { checkTokens } from "./scopes.ts";
import type { WrittenConfig } from "./schema.ts";

interface Holder {
  readonly credentials: readonly { readonly access_key_id: string }[];
}

interface Named {
  readonly path: readonly PropertyKey[];
  readonly name: string;
}

/** What a schema of single values cannot see: names used twice, halves without the other half. */
export function crossCheck(config: WrittenConfig): readonly ConfigFault[] {
  return [
    ...usedTwice("backend", config.backends?.map(named("backends")) ?? []),
    ...usedTwice("user", config.users.map(named("users"))),
    ...usedTwice("bucket", [...virtualBucket(config), ...config.buckets.map(named("buckets"))]),
    ...usedTwice("access key id", accessKeys(config)),
    ...credentialsNamedAsUsers(config),
    ...userNamedAsAuth(config),
    ...halfCredential(config),
    ...bucketOnMetricsPath(config),
    ...checkLog(config),
    ...checkEvidence(config),
    ...checkTokens(config),
  ];
}

function usedTwice(what: string, all: readonly Named[]): readonly ConfigFault[] {
  const first = new Map<string, string>();
  return all.flatMap(({ path, name }) => {
    const here = yamlPath(path);
    const earlier = first.get(name);
    if (earlier === undefined) first.set(name, here);
    return earlier === undefined ? [] : [{
      path: here,
      message: `the ${what} "${name}" is already at ${earlier}`,
    }];
  });
}

function named(list: string): (item: { readonly name: string }, index: number) => Named {
  return ({ name }, index) => ({ path: [list, index, "name"], name });
}

function virtualBucket({ auth, server }: WrittenConfig): readonly Named[] {
  if (!auth.access_key_id && !auth.token) return [];
  return [{ path: ["server", "virtual_bucket"], name: server.virtual_bucket }];
}

function accessKeys({ auth, buckets, users }: WrittenConfig): readonly Named[] {
  const own = auth.access_key_id
    ? [{ path: ["auth", "access_key_id"], name: auth.access_key_id }]
    : [];
  const within = (list: string) => (item: Holder, index: number) =>
    item.credentials.map(({ access_key_id }, position) => ({
      path: [list, index, "credentials", position, "access_key_id"],
      name: access_key_id,
    }));
  return [...own, ...buckets.flatMap(within("buckets")), ...users.flatMap(within("users"))];
}

/** Whoever has a user's name would have what that user owns. */
function credentialsNamedAsUsers({ buckets, users }: WrittenConfig): readonly ConfigFault[] {
  const taken = new Map(users.map(({ name }, index) => [name, yamlPath(["users", index, "name"])]));
  return buckets.flatMap(({ credentials }, index) =>
    credentials.flatMap(({ name, access_key_id }, position) => {
      const user = taken.get(name ?? access_key_id);
      const path = yamlPath(["buckets", index, "credentials", position, "name"]);
      return user === undefined ? [] : [{ path, message: `is the name of the user at ${user}` }];
    })
  );
}

/** Whoever has the name that `auth` goes by would own the virtual bucket. */
function userNamedAsAuth({ auth, users }: WrittenConfig): readonly ConfigFault[] {
  const names = new Set([auth.access_key_id || undefined, tokenUser({ auth })]);
  return users.flatMap(({ name }, index) =>
    names.has(name)
      ? [{ path: yamlPath(["users", index, "name"]), message: "is the name that auth goes by" }]
      : []
  );
}

function halfCredential({ auth }: WrittenConfig): readonly ConfigFault[] {
  if (Boolean(auth.access_key_id) === Boolean(auth.secret_access_key)) return [];
  return [{
    path: auth.access_key_id ? "auth.secret_access_key" : "auth.access_key_id",
    message: "is required with its other half",
  }];
}

function bucketOnMetricsPath(config: WrittenConfig): readonly ConfigFault[] {
  const { path } = config.telemetry.metrics;
  const buckets = [config.server.virtual_bucket, ...config.buckets.map((bucket) => bucket.name)];
  if (!buckets.includes(path.slice(1))) return [];
  return [{ path: "telemetry.metrics.path", message: `is the bucket "${path.slice(1)}"` }];
}
