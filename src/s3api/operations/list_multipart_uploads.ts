import type { MultipartUpload } from "../../storage/model.ts";
import type { UploadPage } from "../../storage/storage.ts";
import { type NameEncoding, nameEncoding, nameParameter, pageSize } from "../listing.ts";
import type { Handler } from "../operation.ts";
import { ownerElement } from "../owner.ts";
import { wholeSeconds } from "../whole_seconds.ts";
import { type XmlChildren, xmlResponse } from "../xml.ts";

/**
 * ListMultipartUploads: uploads under way, by key and then by upload id. `upload-id-marker` means
 * nothing without `key-marker`.
 */
export const listMultipartUploads: Handler = async ({ bucket, query }, { storage }) => {
  const { type, encode } = nameEncoding(query);
  const limit = pageSize(query, "max-uploads");
  const prefix = nameParameter(query, "prefix");
  const delimiter = nameParameter(query, "delimiter");
  const keyMarker = nameParameter(query, "key-marker");
  const uploadIdMarker = keyMarker === "" ? "" : nameParameter(query, "upload-id-marker");

  const page = await storage.listMultipartUploads({
    bucket,
    prefix,
    delimiter,
    keyMarker,
    uploadIdMarker,
    limit,
  });

  const next = page.truncated ? markersAfter(page) : undefined;
  return xmlResponse("ListMultipartUploadsResult", {
    Bucket: bucket,
    KeyMarker: encode(keyMarker),
    UploadIdMarker: uploadIdMarker,
    NextKeyMarker: next && encode(next.key),
    NextUploadIdMarker: next?.uploadId,
    Prefix: encode(prefix),
    Delimiter: delimiter === "" ? undefined : encode(delimiter),
    EncodingType: type,
    MaxUploads: limit,
    IsTruncated: next !== undefined,
    ...pageElements(page, encode),
  });
};

/** Where the next page begins; after a common prefix there is no upload to name. */
function markersAfter(
  { entries }: UploadPage,
): { readonly key: string; readonly uploadId?: string } | undefined {
  const last = entries.at(-1);
  if (last === undefined) return undefined;
  if (last.kind === "prefix") return { key: last.prefix };
  return { key: last.upload.key, uploadId: last.upload.uploadId };
}

function pageElements({ entries }: UploadPage, encode: NameEncoding): XmlChildren {
  const uploads: XmlChildren[] = [];
  const prefixes: XmlChildren[] = [];
  for (const entry of entries) {
    if (entry.kind === "prefix") prefixes.push({ Prefix: encode(entry.prefix) });
    else uploads.push(uploadElement(entry.upload, encode));
  }
  return { Upload: uploads, CommonPrefixes: prefixes };
}

function uploadElement(upload: MultipartUpload, encode: NameEncoding): XmlChildren {
  return {
    Key: encode(upload.key),
    UploadId: upload.uploadId,
    Initiator: ownerElement(upload.owner),
    Owner: ownerElement(upload.owner),
    StorageClass: upload.headers.storageClass ?? "STANDARD",
    Initiated: wholeSeconds(upload.initiatedAt),
    ChecksumAlgorithm: upload.checksumAlgorithm,
    ChecksumType: upload.checksumType,
  };
}
