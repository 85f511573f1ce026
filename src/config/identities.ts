import type { WrittenConfig } from "./schema.ts";

/** The part of a configuration that says who there is. */
type People = Pick<WrittenConfig, "api" | "auth" | "buckets" | "server" | "users">;

/** Somebody who may come in with a key. */
export interface Identity {
  /** For logs and owners. */
  readonly name: string;
  readonly access_key_id: string;
  readonly secret_access_key: string;
  /** Buckets it may use besides those that it creates. */
  readonly buckets: readonly string[];
  readonly create_buckets: boolean;
}

/** Everybody with a key: of the virtual bucket, of a bucket of its own, and every user. */
export function identities(config: People): readonly Identity[] {
  const { access_key_id, secret_access_key } = config.auth;
  const legacy = access_key_id && secret_access_key
    ? [{
      name: access_key_id,
      access_key_id,
      secret_access_key,
      buckets: [config.server.virtual_bucket],
      create_buckets: false,
    }]
    : [];
  const ofBuckets = config.buckets.flatMap(({ name: bucket, credentials }) =>
    credentials.map(({ name, scopes: _, ...key }) => ({
      ...key,
      name: name ?? key.access_key_id,
      buckets: [bucket],
      create_buckets: false,
    }))
  );
  const ofUsers = config.users.flatMap(({ credentials, name, buckets, create_buckets }) =>
    credentials.map((key) => ({ ...key, name, buckets, create_buckets }))
  );
  return [...legacy, ...ofBuckets, ...ofUsers];
}

/** Whether anybody may do anything: with no key, token, bucket or user configured. */
export function authenticationIsOff(config: People): boolean {
  return identities(config).length === 0 && !config.auth.token && config.buckets.length === 0 &&
    config.api.tokens.length === 0;
}

/**
 * The buckets that the configuration promises. The virtual bucket is one of them unless other
 * buckets are configured and nobody was given access to it.
 */
export function configuredBuckets(config: People): readonly string[] {
  const { auth, buckets, server } = config;
  const virtual = Boolean(auth.access_key_id || auth.token) || buckets.length === 0;
  return [...(virtual ? [server.virtual_bucket] : []), ...buckets.map((bucket) => bucket.name)];
}

/** The name that the legacy token goes by: the key of `auth` and the token are the same somebody. */
export function tokenUser({ auth }: Pick<People, "auth">): string | undefined {
  return auth.token ? auth.access_key_id || "token" : undefined;
}

/** Everybody who may come in, by name; each once. */
export function userNames(config: People): readonly string[] {
  const names = identities(config).map(({ name }) => name);
  const token = tokenUser(config);
  return [...new Set(token === undefined ? names : [...names, token])];
}

/** Whether somebody with that name may come in. */
export function hasUser(config: People, name: string): boolean {
  return userNames(config).includes(name);
}

/**
 * Who owns the buckets of the configuration, by bucket: `auth` the virtual one, otherwise the first
 * of a bucket's credentials, or where it has none the first user who is given it.
 */
export function configuredOwners(config: People): ReadonlyMap<string, string> {
  const token = tokenUser(config);
  const owners = new Map(token === undefined ? [] : [[config.server.virtual_bucket, token]]);
  for (const { name, buckets } of identities(config)) {
    for (const bucket of buckets) {
      if (!owners.has(bucket)) owners.set(bucket, name);
    }
  }
  return owners;
}
