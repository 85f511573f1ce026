import type { Config } from "../../config/config.ts";
import {
  authenticationIsOff,
  configuredOwners,
  identities,
  tokenUser,
} from "../../config/identities.ts";
import type { AccessRules } from "../../s3api/access_rules.ts";
import { type AccessKey, Credentials, type ProxyToken } from "../../s3api/credentials.ts";
import { evidenceBucketPolicy } from "./evidence_bucket.ts";

/**
 * Everybody whom the configuration knows, as the S3 API asks for them.
 *
 * @param own keys of the service itself
 */
export function credentialsOf(
  config: Config,
  own: readonly AccessKey[] = [],
): Credentials | "off" {
  if (authenticationIsOff(config)) return "off";
  const keys = identities(config).map((identity) => ({
    secret: identity.secret_access_key,
    user: {
      kind: "user" as const,
      name: identity.name,
      accessKeyId: identity.access_key_id,
      buckets: new Set(identity.buckets),
      mayCreateBuckets: identity.create_buckets,
    },
  }));
  return new Credentials([...keys, ...own], proxyToken(config));
}

/** What the configuration says about access, beside credentials. */
export function accessRulesOf(config: Config): AccessRules {
  const ofFiles = config.policies.map(({ bucket, file, document }) => ({
    bucket,
    source: file,
    document,
  }));
  const ofEvidence = evidenceBucketPolicy(config);
  const policies = ofEvidence === undefined ? ofFiles : [...ofFiles, ofEvidence];
  return {
    account: config.server.account_id,
    policies: new Map(policies.map(({ bucket, ...policy }) => [bucket, policy])),
    owners: configuredOwners(config),
    trustedProxies: config.server.trusted_proxies,
    origins: ofEvidence && new Map([[ofEvidence.bucket, new Set(config.api.cors_origins)]]),
  };
}

/** The token and the key of `auth` are two ways in for the same somebody. */
function proxyToken({ auth, server }: Config): ProxyToken | undefined {
  const name = tokenUser({ auth });
  if (!auth.token || name === undefined) return undefined;
  return {
    token: auth.token,
    user: {
      kind: "user",
      name,
      accessKeyId: "",
      buckets: new Set([server.virtual_bucket]),
      mayCreateBuckets: false,
    },
  };
}
