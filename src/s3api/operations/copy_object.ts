import type { ObjectHeaders, StoredObject } from "../../storage/model.ts";
import { checksumElements } from "../checksum_fields.ts";
import { demandCopyableSize, findCopySource } from "../copy_source.ts";
import { S3Error } from "../errors.ts";
import { uploadChecksum } from "../multipart_checksum.ts";
import { parseObjectHeaders, parseStorageClass } from "../object_headers.ts";
import type { Handler, S3Request } from "../operation.ts";
import { ownerName } from "../owner.ts";
import { wholeSeconds } from "../whole_seconds.ts";
import { writeCondition } from "../write_condition.ts";
import { xmlResponse } from "../xml.ts";

/** CopyObject: to another key, or onto itself with new headers. */
export const copyObject: Handler = async (request, services) => {
  const { bucket, key, headers, principal, signal } = request;
  const condition = writeCondition(headers);
  const replaces = replacesMetadata(headers);
  const { checksumAlgorithm } = uploadChecksum(headers);
  const source = await findCopySource(request, services);
  demandCopyableSize(source.size, services);
  demandChange(request, source, replaces || checksumAlgorithm !== undefined);

  const object = await services.storage.copyObject({
    source,
    bucket,
    key,
    owner: ownerName(principal),
    headers: replaces ? parseObjectHeaders(headers) : copiedHeaders(headers, source),
    condition,
    checksumAlgorithm: checksumAlgorithm === source.checksum?.algorithm
      ? undefined
      : checksumAlgorithm,
    signal,
  });

  return xmlResponse("CopyObjectResult", {
    LastModified: wholeSeconds(object.lastModified),
    ETag: `"${object.etag}"`,
    ChecksumType: object.checksum?.type,
    ...checksumElements(object.checksum),
  });
};

function replacesMetadata(headers: Headers): boolean {
  const directive = headers.get("x-amz-metadata-directive")?.toUpperCase() ?? "COPY";
  if (directive === "COPY" || directive === "REPLACE") return directive === "REPLACE";
  throw new S3Error("InvalidArgument", "Unknown metadata directive.", {
    detail: { ArgumentName: "x-amz-metadata-directive", ArgumentValue: directive },
  });
}

/** The storage class and the redirect belong to one object, and are not copied with its metadata. */
function copiedHeaders(headers: Headers, source: StoredObject): ObjectHeaders {
  return {
    ...source.headers,
    storageClass: parseStorageClass(headers),
    websiteRedirectLocation: headers.get("x-amz-website-redirect-location") ?? undefined,
  };
}

function demandChange(
  { bucket, key, headers }: S3Request,
  source: StoredObject,
  changes: boolean,
): void {
  if (changes || source.bucket !== bucket || source.key !== key) return;
  if (headers.has("x-amz-website-redirect-location")) return;
  if (headers.has("x-amz-storage-class")) return;
  throw new S3Error(
    "InvalidRequest",
    "This copy request is illegal because it is trying to copy an object to itself without " +
      "changing the object's metadata, storage class, website redirect location or encryption " +
      "attributes.",
  );
}
