/**
 * Which checksum a multipart upload keeps, and which its parts must bring.
 * Source: "Checking object integrity in Amazon S3", the tables on multipart uploads.
 *
 * @module
 */
import {
  CHECKSUM_ALGORITHMS,
  type ChecksumAlgorithm,
  type ChecksumType,
} from "../digest/checksum.ts";
import type { MultipartUpload } from "../storage/model.ts";
import { S3Error } from "./errors.ts";

/** The types that an algorithm can have; the first is the one it has unless told otherwise. */
const CHECKSUM_TYPES: Readonly<Record<ChecksumAlgorithm, readonly ChecksumType[]>> = {
  CRC32: ["COMPOSITE", "FULL_OBJECT"],
  CRC32C: ["COMPOSITE", "FULL_OBJECT"],
  CRC64NVME: ["FULL_OBJECT"],
  SHA1: ["COMPOSITE"],
  SHA256: ["COMPOSITE"],
};

/** Checksum of an upload about to begin; empty when the client asks for none. */
export interface UploadChecksum {
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumType?: ChecksumType;
}

/**
 * What `x-amz-checksum-algorithm` and `x-amz-checksum-type` ask of an upload. Throws
 * `InvalidRequest` for unknown values, and for a type that the algorithm cannot have.
 */
export function uploadChecksum(headers: Headers): UploadChecksum {
  const algorithm = algorithmHeader(headers);
  const type = checksumTypeHeader(headers);
  if (algorithm === undefined) {
    if (type === undefined) return {};
    throw new S3Error(
      "InvalidRequest",
      "The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.",
    );
  }
  const types = CHECKSUM_TYPES[algorithm];
  if (type !== undefined && !types.includes(type)) {
    throw new S3Error(
      "InvalidRequest",
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return { checksumAlgorithm: algorithm, checksumType: type ?? types[0] };
}

/** `x-amz-checksum-type`, in any case. Throws `InvalidRequest` for an unknown value. */
export function checksumTypeHeader(headers: Headers): ChecksumType | undefined {
  const type = headers.get("x-amz-checksum-type")?.toUpperCase();
  if (type === undefined || type === "FULL_OBJECT" || type === "COMPOSITE") return type;
  throw new S3Error("InvalidRequest", "Value for x-amz-checksum-type header is invalid.");
}

/**
 * Throws `InvalidRequest` when a part comes with another checksum than its upload keeps, or with
 * none where only the client can vouch for it: in a composite upload.
 */
export function checkPartAlgorithm(
  upload: MultipartUpload,
  declared: ChecksumAlgorithm | undefined,
): void {
  const { checksumAlgorithm: expected, checksumType } = upload;
  if (expected === undefined || declared === expected) return;
  if (declared === undefined && checksumType === "FULL_OBJECT") return;
  throw new S3Error(
    "InvalidRequest",
    "Checksum Type mismatch occurred, expected checksum Type: " +
      `${expected.toLowerCase()}, actual checksum Type: ${declared?.toLowerCase() ?? "null"}`,
  );
}

function algorithmHeader(headers: Headers): ChecksumAlgorithm | undefined {
  const name = headers.get("x-amz-checksum-algorithm")?.toUpperCase();
  if (name === undefined) return undefined;
  const algorithm = CHECKSUM_ALGORITHMS.find((known) => known === name);
  if (algorithm !== undefined) return algorithm;
  throw new S3Error(
    "InvalidRequest",
    "Checksum algorithm provided is unsupported. Please try again with any of the valid types: " +
      `[${CHECKSUM_ALGORITHMS.join(", ")}]`,
  );
}
