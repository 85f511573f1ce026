import type { Config } from "../../config/config.ts";
import { authenticationIsOff, identities } from "../../config/identities.ts";
import { Credentials, type ProxyToken } from "../../s3api/credentials.ts";

/** Everybody whom the configuration knows, as the S3 API asks for them. */
export function credentialsOf(config: Config): Credentials | "off" {
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
  return new Credentials(keys, proxyToken(config));
}

/** The token and the key of `auth` are two ways in for the same somebody. */
function proxyToken({ auth, server }: Config): ProxyToken | undefined {
  if (!auth.token) return undefined;
  return {
    token: auth.token,
    user: {
      kind: "user",
      name: auth.access_key_id || "token",
      accessKeyId: "",
      buckets: new Set([server.virtual_bucket]),
      mayCreateBuckets: false,
    },
  };
}
