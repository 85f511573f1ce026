/**
 * The source of CopyObject and UploadPartCopy.
 *
 * @module
 */
import { copySourcePath } from "../policy/copy_source.ts";
import type { StoredObject } from "../storage/model.ts";
import { S3Error } from "./errors.ts";
import { demandObjectKey } from "./object_key.ts";
import type { S3Request, Services } from "./operation.ts";
import { demandCopySourceConditions } from "./preconditions.ts";

const VERSION = "?versionId=";

/** An object as `x-amz-copy-source` names it. */
export interface CopySource {
  readonly bucket: string;
  readonly key: string;
}

/**
 * Reads `x-amz-copy-source`: `bucket/key`, URL-encoded, with or without a slash before it.
 *
 * @throws {S3Error} `InvalidArgument`; `NotImplemented` for a version or an access point
 */
export function parseCopySource(header: string): CopySource {
  const [path, versionId] = header.split(VERSION, 2);
  if (versionId !== undefined && versionId !== "null") {
    throw new S3Error("NotImplemented", "A versionId in x-amz-copy-source is not implemented.");
  }
  if (path.startsWith("arn:")) {
    throw new S3Error("NotImplemented", "An access point in x-amz-copy-source is not implemented.");
  }
  const bare = copySourcePath(path);
  if (bare === undefined) throw invalid();
  const slash = bare.indexOf("/");
  if (slash <= 0 || slash === bare.length - 1) throw invalid();
  return { bucket: bare.slice(0, slash), key: demandObjectKey(bare.slice(slash + 1)) };
}

/**
 * Finds the source of a copy, and makes sure that the caller may read it and that the conditions on
 * it hold.
 *
 * @throws {S3Error} what {@link parseCopySource} throws, `AccessDenied`, `NoSuchBucket`,
 * `PreconditionFailed`
 * @throws {StorageError} `NoSuchKey`
 */
export async function findCopySource(
  request: S3Request,
  services: Services,
): Promise<StoredObject> {
  const { bucket, key } = parseCopySource(request.headers.get("x-amz-copy-source") ?? "");
  const { access, storage } = services;
  await access.demand(request, { action: "s3:GetObject", bucket, key });
  const source = await access.look(request, bucket, () => storage.headObject(bucket, key));
  demandCopySourceConditions(request.headers, source);
  return source;
}

/**
 * Lets only as much be copied in one request as could be uploaded in one.
 *
 * @throws {S3Error} `InvalidRequest`
 */
export function demandCopyableSize(
  size: number,
  { maxObjectSize }: Pick<Services, "maxObjectSize">,
): void {
  if (size <= maxObjectSize) return;
  throw new S3Error(
    "InvalidRequest",
    "The specified copy source is larger than the maximum allowable size for a copy source: " +
      maxObjectSize,
  );
}

function invalid(): S3Error {
  return new S3Error("InvalidArgument", "Copy Source must mention the source bucket and key", {
    detail: { ArgumentName: "x-amz-copy-source" },
  });
}
