/**
 * The policies that are ready to use, as tests read them.
 *
 * @module
 */
import { forBucket } from "../../src/policy/template.ts";

/** The bucket that stands in for `BUCKET`. */
export const BUCKET = "b";

/** Where the policies are. */
export const POLICIES = new URL("../../policies/", import.meta.url);

/** A policy's path under {@link POLICIES}: `aws/ip-allowlist.json`. */
export type PolicyFile = string;

/** Every policy that is ready to use. */
export function policyFiles(): readonly PolicyFile[] {
  const names = (folder: string) =>
    Array.from(Deno.readDirSync(new URL(folder, POLICIES)), ({ name }) => `${folder}${name}`);
  return ["", "aws/", "minio/"].flatMap(names).filter((file) => file.endsWith(".json")).sort();
}

/**
 * A policy's text, for the bucket `b`. For a role of AWS, which nobody has here, a user of the same
 * name stands in. A policy of MinIO's gets the form of a bucket policy: who has it attached is
 * everybody whom it is about.
 */
export function readPolicyFile(file: PolicyFile): string {
  const text = forBucket(Deno.readTextFileSync(new URL(file, POLICIES)), BUCKET);
  if (file.startsWith("aws/")) return text.replaceAll(":role/", ":user/");
  return file.startsWith("minio/") ? asBucketPolicy(text) : text;
}

/** Actions that only MinIO has. */
const MINIO_ACTIONS: ReadonlySet<unknown> = new Set(["s3:ForceDeleteBucket", "s3:PutObjectFanOut"]);

function asBucketPolicy(identityPolicy: string): string {
  const policy = JSON.parse(
    identityPolicy,
    (name, value) =>
      name === "Action" && Array.isArray(value)
        ? value.filter((action) => !MINIO_ACTIONS.has(action))
        : value,
  );
  const statements: readonly object[] = policy.Statement;
  return JSON.stringify({
    ...policy,
    Statement: statements.map((statement) => ({ ...statement, Principal: "*" })),
  });
}
