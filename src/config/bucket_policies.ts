/**
 * Bucket policies that the configuration keeps in files beside it.
 *
 * @module
 */
import { dirname, resolve } from "node:path";
import { parsePolicy } from "../policy/parse.ts";
import { faultText, PolicyError } from "../policy/policy_error.ts";
import { forBucket } from "../policy/template.ts";
import { type ConfigFault, yamlPath } from "./config_error.ts";
import { hasUser } from "./identities.ts";
import type { WrittenConfig } from "./schema.ts";

/** A bucket's policy, as a file has it. */
export interface BucketPolicy {
  readonly bucket: string;
  /** As written in the configuration. */
  readonly file: string;
  /** JSON, with the bucket's name in place of `BUCKET`. */
  readonly document: string;
}

/** Policies, and what is wrong with those that cannot be used. */
export interface BucketPolicies {
  readonly policies: readonly BucketPolicy[];
  readonly faults: readonly ConfigFault[];
}

/**
 * Reads the policies that a configuration names.
 *
 * @param source the configuration file, to which their paths are relative
 */
export function readBucketPolicies(config: WrittenConfig, source: string): BucketPolicies {
  const read = policyFiles(config).map((file) => readPolicy(file, config, source));
  return {
    policies: read.flatMap((each) => "document" in each ? [each] : []),
    faults: read.flatMap((each) => "document" in each ? [] : each),
  };
}

interface PolicyFile {
  readonly bucket: string;
  readonly file: string;
  readonly path: string;
}

function policyFiles({ buckets, server }: WrittenConfig): readonly PolicyFile[] {
  const { virtual_bucket: bucket, virtual_bucket_policy: file } = server;
  const ofVirtual = file === undefined
    ? []
    : [{ bucket, file, path: yamlPath(["server", "virtual_bucket_policy"]) }];
  const ofBuckets = buckets.flatMap(({ name, policy }, index) =>
    policy === undefined
      ? []
      : [{ bucket: name, file: policy, path: yamlPath(["buckets", index, "policy"]) }]
  );
  return [...ofVirtual, ...ofBuckets];
}

function readPolicy(
  { bucket, file, path }: PolicyFile,
  config: WrittenConfig,
  source: string,
): BucketPolicy | readonly ConfigFault[] {
  const account = config.server.account_id;
  try {
    const document = forBucket(Deno.readTextFileSync(resolve(dirname(source), file)), bucket);
    parsePolicy(document, { bucket, account, knows: ({ name }) => hasUser(config, name) });
    return { bucket, file, document };
  } catch (error) {
    return messages(error).map((message) => ({ path, message: `${file}: ${message}` }));
  }
}

function messages(error: unknown): readonly string[] {
  if (error instanceof PolicyError) return error.faults.map(faultText);
  if (error instanceof Deno.errors.NotFound) return ["there is no such file"];
  return [error instanceof Error ? error.message : String(error)];
}
