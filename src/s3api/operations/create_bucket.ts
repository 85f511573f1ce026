import { z } from "zod";
import { StorageError } from "../../storage/storage_error.ts";
import { isBucketName } from "../bucket_name.ts";
import { S3Error } from "../errors.ts";
import type { Handler, S3Request, Services } from "../operation.ts";
import { ownerName } from "../owner.ts";
import { readSmallBody } from "../small_body.ts";
import { parseXml, xmlObject } from "../xml.ts";

/** Bytes. */
const MAX_CONFIGURATION_SIZE = 64 * 1_024;

/** The region in which creating a bucket that is one's own already is no fault, for old times' sake. */
const LEGACY_REGION = "us-east-1";

const configurationSchema = xmlObject({
  LocationConstraint: z.string().optional(),
  Location: z.unknown().optional(),
  Bucket: z.unknown().optional(),
  Tags: z.unknown().optional(),
});

/** CreateBucket. That the caller may create buckets has been checked before. */
export const createBucket: Handler = async (request, services) => {
  const { bucket, principal } = request;
  if (!isBucketName(bucket)) {
    throw new S3Error("InvalidBucketName", undefined, { detail: { BucketName: bucket } });
  }
  demandLocation(await requestedLocation(request, services), services.region);
  try {
    await services.storage.createBucket(bucket, ownerName(principal));
  } catch (error) {
    const isOwn = error instanceof StorageError && error.code === "BucketAlreadyOwnedByYou";
    if (!isOwn || services.region !== LEGACY_REGION) throw error;
  }
  return new Response(null, { status: 200, headers: { location: `/${bucket}` } });
};

async function requestedLocation(
  request: S3Request,
  services: Services,
): Promise<string | undefined> {
  const body = await readSmallBody(request, services, MAX_CONFIGURATION_SIZE);
  if (body.length === 0) return undefined;
  const { LocationConstraint, ...others } = parseXml(
    body,
    "CreateBucketConfiguration",
    configurationSchema,
  );
  for (const [name, value] of Object.entries(others)) {
    if (value === undefined) continue;
    throw new S3Error("NotImplemented", `CreateBucket with ${name} is not implemented.`);
  }
  return LocationConstraint?.trim();
}

/** Buckets are in the service's own region, and nowhere else. */
function demandLocation(location: string | undefined, region: string): void {
  if (location === undefined || location === "" || location === region) return;
  const detail = { LocationConstraint: location };
  if (!/^(EU|[a-z]{2}(-[a-z]+)+-\d+)$/.test(location)) {
    throw new S3Error("InvalidLocationConstraint", undefined, { detail });
  }
  throw new S3Error(
    "IllegalLocationConstraintException",
    `The ${location} location constraint is incompatible for the region specific endpoint this ` +
      "request was sent to.",
    { detail },
  );
}
