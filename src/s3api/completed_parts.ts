/**
 * The body of CompleteMultipartUpload: the parts of which the client makes the object.
 *
 * @module
 */
import { z } from "zod";
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm } from "../digest/checksum.ts";
import type { CompleteMultipartUpload } from "../storage/storage.ts";
import { checksumElement } from "./checksum_fields.ts";
import { unquoteEntityTag } from "./entity_tag.ts";
import { S3Error } from "./errors.ts";
import { MAX_PART_NUMBER } from "./multipart.ts";
import { parseXml, xmlList, xmlObject } from "./xml.ts";

/** Ten thousand parts with a number, an entity tag, a SHA-256 and much white space. Bytes. */
export const MAX_COMPLETION_SIZE = 4 * 1_024 * 1_024;

type CompletedPart = CompleteMultipartUpload["parts"][number];

const text = z.string().transform((written) => written.trim());

const partSchema = xmlObject({
  PartNumber: text.pipe(z.string().regex(/^[+-]?\d+$/)).transform(Number),
  ETag: text.pipe(z.string().min(1)),
  ChecksumCRC32: text.optional(),
  ChecksumCRC32C: text.optional(),
  ChecksumCRC64NVME: text.optional(),
  ChecksumSHA1: text.optional(),
  ChecksumSHA256: text.optional(),
});

const completionSchema = xmlObject({ Part: xmlList(partSchema) });

/**
 * Reads the parts, in the client's order. Throws `MalformedXML` for none, for more than 10,000, and
 * for one without number or entity tag; `InvalidArgument` for a number out of range and for a part
 * with several checksums.
 */
export function parseCompletedParts(body: Uint8Array): readonly CompletedPart[] {
  const { Part: parts } = parseXml(body, "CompleteMultipartUpload", completionSchema);
  if (parts.length === 0 || parts.length > MAX_PART_NUMBER) throw new S3Error("MalformedXML");
  return parts.map(completedPart);
}

function completedPart(part: z.output<typeof partSchema>): CompletedPart {
  if (part.PartNumber < 1 || part.PartNumber > MAX_PART_NUMBER) {
    throw new S3Error(
      "InvalidArgument",
      `PartNumber must be an integer between 1 and ${MAX_PART_NUMBER}`,
      { detail: { ArgumentName: "PartNumber", ArgumentValue: String(part.PartNumber) } },
    );
  }
  return {
    partNumber: part.PartNumber,
    etag: unquoteEntityTag(part.ETag),
    checksum: partChecksum(part),
  };
}

function partChecksum(
  part: z.output<typeof partSchema>,
): { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined {
  const given = CHECKSUM_ALGORITHMS.flatMap((algorithm) => {
    const value = part[checksumElement(algorithm)];
    return value === undefined || value === "" ? [] : [{ algorithm, value }];
  });
  if (given.length > 1) {
    throw new S3Error("InvalidArgument", "A part may have one checksum only", {
      detail: { ArgumentName: "Checksum" },
    });
  }
  return given[0];
}
