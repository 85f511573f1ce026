import type { Config } from "../../config/config.ts";
import { authorityOf } from "../../config/fields.ts";
import { configuredBuckets, identities } from "../../config/identities.ts";

/**
 * Lines to paste into a shell, for a first try with the AWS CLI: with the credential of a server
 * that was given no configuration, and with a place for it otherwise, so that no log keeps a secret
 * that somebody configured.
 */
export function greeting(config: Config, endpoint: string, showSecret: boolean): string {
  const [bucket = config.server.virtual_bucket] = configuredBuckets(config);
  const identity = identities(config).find(({ buckets }) => buckets.includes(bucket));
  const [accessKeyId, secret] = identity === undefined
    ? ["any", "any"]
    : [identity.access_key_id, showSecret ? identity.secret_access_key : "..."];
  return [
    "To try it, paste this into another shell:",
    "",
    `  export AWS_ACCESS_KEY_ID=${quoted(accessKeyId)}`,
    `  export AWS_SECRET_ACCESS_KEY=${quoted(secret)}`,
    `  export AWS_DEFAULT_REGION=${quoted(config.server.region)}`,
    `  aws --endpoint-url ${endpoint} s3 cp README.md s3://${bucket}/`,
    `  aws --endpoint-url ${endpoint} s3 ls s3://${bucket}/`,
    "",
  ].join("\n");
}

/** Where the server is reached from this machine. */
export function endpointOf({ server }: Config, port: number): string {
  return `${server.tls ? "https" : "http"}://${authorityOf({ ...server.listen_addr, port })}`;
}

/** As a POSIX shell reads it back. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
