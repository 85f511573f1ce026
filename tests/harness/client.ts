import { CreateBucketCommand, S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";

/** Where an S3 service is, and the key to it. */
export interface S3Target {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** The AWS SDK's client for a service in path style, with its defaults otherwise. */
export function s3Client(target: S3Target, overrides: S3ClientConfig = {}): S3Client {
  return new S3Client({
    endpoint: target.endpoint,
    region: "us-east-1",
    forcePathStyle: true,
    credentials: { accessKeyId: target.accessKeyId, secretAccessKey: target.secretAccessKey },
    ...overrides,
  });
}

/** Makes a bucket. */
export async function createBucket(target: S3Target, name: string): Promise<void> {
  const client = s3Client(target);
  try {
    await client.send(new CreateBucketCommand({ Bucket: name }));
  } finally {
    client.destroy();
  }
}
