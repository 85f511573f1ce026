import { GetBucketPolicyCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { s3Client, type S3Target } from "../harness/client.ts";
import { type Holdfast, startHoldfast } from "../harness/server.ts";
import { holdfast, inDirectory, type Run } from "./holdfast.ts";

/** A Holdfast server with an owner of its buckets, and a user who has none of them. */
export interface PolicyServer {
  readonly server: Holdfast;
  /** A directory of the test's own. */
  readonly directory: string;
  /** Runs `holdfast ARGS` with the credential and the endpoint in the environment. */
  run(who: "owner" | "stranger", ...args: readonly string[]): Promise<Run>;
  /** The policy of a bucket; `undefined` without one. */
  policyOf(bucket: string): Promise<string | undefined>;
  /** The keys in a bucket. */
  keysOf(bucket: string): Promise<readonly string[]>;
}

/** The variables that name a credential of a store. */
export function variables(target: S3Target): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: target.endpoint,
    AWS_ACCESS_KEY_ID: target.accessKeyId,
    AWS_SECRET_ACCESS_KEY: target.secretAccessKey,
  };
}

/**
 * Runs a test against a server of its own.
 *
 * @param kept a policy that the configuration keeps for the bucket `kept`
 */
export async function withPolicyServer(
  buckets: readonly string[],
  kept: object,
  run: (server: PolicyServer) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    await Deno.writeTextFile(`${directory}/kept.json`, JSON.stringify(kept));
    await using server = await startHoldfast({ config: configOf(directory, buckets) });
    const target = (who: string) => ({ endpoint: server.endpoint, ...credential(who) });
    const client = s3Client(target("owner"));
    try {
      await run({
        server,
        directory,
        run: (who, ...args) => holdfast(args, variables(target(who))),
        policyOf: async (bucket) => {
          const asked = client.send(new GetBucketPolicyCommand({ Bucket: bucket }));
          return await asked.then(({ Policy }) => Policy, (error: Error) => {
            if (error.name === "NoSuchBucketPolicy") return undefined;
            throw error;
          });
        },
        keysOf: async (bucket) => {
          const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket: bucket }));
          return Contents.map(({ Key = "" }) => Key);
        },
      });
    } finally {
      client.destroy();
    }
  });
}

function credential(who: string): Pick<S3Target, "accessKeyId" | "secretAccessKey"> {
  return { accessKeyId: `policy-${who}`, secretAccessKey: `policy-test-secret-of-${who}` };
}

function configOf(directory: string, buckets: readonly string[]) {
  const keys = (who: string) => {
    const { accessKeyId, secretAccessKey } = credential(who);
    return [{ access_key_id: accessKeyId, secret_access_key: secretAccessKey }];
  };
  return {
    data_dir: `${directory}/data`,
    buckets: [
      ...buckets.map((name) => ({ name, credentials: [] })),
      { name: "kept", policy: `${directory}/kept.json`, credentials: [] },
    ],
    users: [
      { name: "owner", credentials: keys("owner"), buckets: [...buckets, "kept"] },
      { name: "stranger", credentials: keys("stranger") },
    ],
  };
}
