/**
 * What users of a MinIO server try in tests.
 *
 * @module
 */
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  type LifecycleRule,
  ListObjectsV2Command,
  PutBucketLifecycleConfigurationCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
} from "@aws-sdk/client-s3";
import { forBucket } from "../../src/policy/template.ts";
import { s3Client, type S3Target } from "../harness/client.ts";
import { presignedUrl, signedForm } from "../harness/raw_signing.ts";
import { REPOSITORY } from "../harness/server.ts";

/** Something that is tried with the key of a user: `ok`, or what it was refused with. */
export type Attempt = (user: S3Target) => Promise<string>;

/** PutObject. */
export function put(Bucket: string, Key: string, Body = "x", IfNoneMatch?: string): Attempt {
  return attempt((s3) => s3.send(new PutObjectCommand({ Bucket, Key, Body, IfNoneMatch })));
}

/** GetObject. */
export function get(Bucket: string, Key: string): Attempt {
  return attempt(async (s3) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    await Body?.transformToString();
  });
}

/** CopyObject. */
export function copy(Bucket: string, source: string, Key: string): Attempt {
  const CopySource = `${Bucket}/${source}`;
  return attempt((s3) => s3.send(new CopyObjectCommand({ Bucket, Key, CopySource })));
}

/** ListObjectsV2. */
export function list(Bucket: string, Prefix?: string): Attempt {
  return attempt((s3) => s3.send(new ListObjectsV2Command({ Bucket, Prefix })));
}

/** DeleteObject. */
export function remove(Bucket: string, Key: string, VersionId?: string): Attempt {
  return attempt((s3) => s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId })));
}

/** DeleteObjects, which tells of each key by itself. */
export function removeMany(Bucket: string, Key: string): Attempt {
  return (user) =>
    withClient(user, async (s3) => {
      const Delete = { Objects: [{ Key }] };
      const { Errors = [] } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete }));
      return Errors[0]?.Code ?? "ok";
    });
}

/** PutBucketVersioning. */
export function endVersions(Bucket: string): Attempt {
  const VersioningConfiguration = { Status: "Suspended" } as const;
  return attempt((s3) =>
    s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }))
  );
}

/** PutBucketLifecycleConfiguration. */
export function expire(Bucket: string): Attempt {
  const rule: LifecycleRule = {
    ID: "all",
    Status: "Enabled",
    Filter: { Prefix: "" },
    Expiration: { Days: 1 },
  };
  const LifecycleConfiguration = { Rules: [rule] };
  return attempt((s3) =>
    s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }))
  );
}

/**
 * PutBucketPolicy.
 *
 * @param file under `policies/`
 */
export function putPolicy(
  Bucket: string,
  file: string,
  change: (text: string) => string = (text) => text,
): Attempt {
  return attempt(async (s3) => {
    const text = await Deno.readTextFile(`${REPOSITORY}/policies/${file}`);
    const Policy = change(forBucket(text, Bucket));
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }));
  });
}

/** MinIO's own way to delete all under a prefix, or a bucket with all that is in it. */
export function forceRemove(bucket: string, prefix: string): Attempt {
  return (user) =>
    statusOf(fetch(presignedUrl(user, "DELETE", `/${bucket}/${prefix}`), {
      method: "DELETE",
      headers: { "x-minio-force-delete": "true" },
    }));
}

/** MinIO's own way to write under many keys what one form brings; its `key` is another. */
export function fanOut(bucket: string, key: string): Attempt {
  return (user) => {
    const form = new FormData();
    const fields = {
      ...signedForm(user, bucket),
      key: "elsewhere/k",
      "x-minio-fanout-list": JSON.stringify({ key }),
    };
    for (const [name, value] of Object.entries(fields)) form.append(name, value);
    form.append("file", new File(["from a form"], "event.json"));
    return statusOf(fetch(`${user.endpoint}/${bucket}`, { method: "POST", body: form }));
  };
}

function attempt(call: (s3: S3Client) => Promise<unknown>): Attempt {
  return (user) =>
    withClient(user, async (s3) => {
      try {
        await call(s3);
        return "ok";
      } catch (error) {
        if (error instanceof S3ServiceException) return error.name;
        throw error;
      }
    });
}

/** The content of a version. */
export async function read(user: S3Target, Bucket: string, Key: string, VersionId: string) {
  return await withClient(user, async (s3) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key, VersionId }));
    return await Body?.transformToString() ?? "";
  });
}

/** The HTTP status of an answer that is not read. */
export async function statusOf(answered: Promise<Response>): Promise<string> {
  const answer = await answered;
  await answer.body?.cancel();
  return String(answer.status);
}

/** Uses a client with the key of a user. */
export async function withClient<T>(user: S3Target, use: (s3: S3Client) => Promise<T>): Promise<T> {
  const s3 = s3Client(user);
  try {
    return await use(s3);
  } finally {
    s3.destroy();
  }
}
