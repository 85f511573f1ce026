import type { ByteRange } from "../../backends/backend.ts";
import { checksumElements } from "../checksum_fields.ts";
import { demandCopyableSize, findCopySource } from "../copy_source.ts";
import { S3Error } from "../errors.ts";
import { partNumber, uploadId } from "../multipart.ts";
import type { Handler } from "../operation.ts";
import { wholeSeconds } from "../whole_seconds.ts";
import { xmlResponse } from "../xml.ts";

/** UploadPartCopy: a part out of an object, or out of a range of its bytes. */
export const uploadPartCopy: Handler = async (request, services) => {
  const { bucket, key, query, headers, signal } = request;
  const target = { bucket, key, uploadId: uploadId(query), partNumber: partNumber(query) };
  const source = await findCopySource(request, services);
  const range = copyRange(headers.get("x-amz-copy-source-range"), source.size);
  demandCopyableSize(range === undefined ? source.size : range.end - range.start + 1, services);

  const part = await services.storage.uploadPartCopy({ ...target, source, range, signal });

  return xmlResponse("CopyPartResult", {
    LastModified: wholeSeconds(part.lastModified),
    ETag: `"${part.etag}"`,
    ...checksumElements(part.checksum),
  });
};

/** Unlike a GET's, a copy's range has both ends and lies within the object. */
function copyRange(header: string | null, size: number): ByteRange | undefined {
  if (header === null) return undefined;
  const match = /^bytes=(\d+)-(\d+)$/.exec(header.trim());
  const [start, end] = match === null ? [1, 0] : [Number(match[1]), Number(match[2])];
  if (start > end) {
    throw invalidRange(
      header,
      "The x-amz-copy-source-range value must be of the form bytes=first-last where first and " +
        "last are the zero-based offsets of the first and last bytes to copy",
    );
  }
  if (end >= size) {
    throw invalidRange(header, `Range specified is not valid for source object of size: ${size}`);
  }
  return { start, end };
}

function invalidRange(value: string, message: string): S3Error {
  return new S3Error("InvalidArgument", message, {
    detail: { ArgumentName: "x-amz-copy-source-range", ArgumentValue: value },
  });
}
