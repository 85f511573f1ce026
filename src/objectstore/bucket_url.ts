/**
 * Where the objects of a bucket are.
 *
 * @module
 */
import type { S3Client } from "@aws-sdk/client-s3";
import { S3Address } from "../backends/s3_address.ts";

/** URL of a bucket in the path of an endpoint, with a slash at its end. */
export function bucketUrlAt(endpoint: string, bucket: string): string {
  const { origin, bucketPath } = new S3Address({ endpoint, bucket, forcePathStyle: true });
  return `${origin}${bucketPath}/`;
}

/**
 * Where a client of the SDK would send what is about a bucket, and the region that it signs for.
 * `undefined` where it would sign in another way than with Signature Version 4.
 */
export async function sdkBucketUrl(
  { config }: S3Client,
  bucket: string,
): Promise<{ readonly url: URL; readonly region: string } | undefined> {
  const region = await config.region();
  const given = await config.endpoint?.();
  const { url, properties } = config.endpointProvider({
    Bucket: bucket,
    Region: region,
    Endpoint: given === undefined
      ? undefined
      : `${given.protocol}//${given.hostname}${given.port ? `:${given.port}` : ""}${given.path}`,
    ForcePathStyle: await valueOf(config.forcePathStyle),
    UseFIPS: await valueOf(config.useFipsEndpoint),
    UseDualStack: await valueOf(config.useDualstackEndpoint),
  }, {});
  const scheme = properties?.authSchemes?.[0];
  if (scheme?.name !== "sigv4") return undefined;
  const signingRegion = scheme["signingRegion"];
  const withSlash = new URL(url);
  if (!withSlash.pathname.endsWith("/")) withSlash.pathname += "/";
  return { url: withSlash, region: typeof signingRegion === "string" ? signingRegion : region };
}

async function valueOf(
  setting: boolean | undefined | (() => Promise<boolean | undefined>),
): Promise<boolean | undefined> {
  return typeof setting === "function" ? await setting() : setting;
}
