import type { Config } from "./config.ts";

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
export function identities(config: Config): readonly Identity[] {
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
    credentials.map(({ name, ...key }) => ({
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
export function authenticationIsOff(config: Config): boolean {
  return identities(config).length === 0 && !config.auth.token && config.buckets.length === 0;
}

/**
 * The buckets that the configuration promises. The virtual bucket is one of them unless other
 * buckets are configured and nobody was given access to it.
 */
export function configuredBuckets(config: Config): readonly string[] {
  const { auth, buckets, server } = config;
  const virtual = Boolean(auth.access_key_id || auth.token) || buckets.length === 0;
  return [...(virtual ? [server.virtual_bucket] : []), ...buckets.map((bucket) => bucket.name)];
}
