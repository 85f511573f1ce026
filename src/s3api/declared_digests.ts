/**
 * What a client says its body must hash to.
 * Source: "Checking object integrity in Amazon S3".
 *
 * @module
 */
import { parseDigest } from "../digest/base64_digest.ts";
import { CHECKSUM_ALGORITHMS, type ChecksumAlgorithm } from "../digest/checksum.ts";
import { checksumHeader } from "./checksum_fields.ts";
import { S3Error } from "./errors.ts";

/** Where the value of a checksum comes from. */
export type DeclaredChecksum =
  /** A header: known before the body. */
  | { readonly kind: "value"; readonly algorithm: ChecksumAlgorithm; readonly value: Uint8Array }
  /** A trailer: known after it. */
  | { readonly kind: "trailer"; readonly algorithm: ChecksumAlgorithm }
  /** Nobody but us: it is computed to be kept. */
  | { readonly kind: "computed"; readonly algorithm: ChecksumAlgorithm };

/** Everything that a body must be verified against. */
export interface DeclaredDigests {
  /** Of the whole body, in lower-case hex, as it was signed. */
  readonly sha256?: string;
  /** `Content-MD5`. */
  readonly md5?: Uint8Array;
  readonly checksum?: DeclaredChecksum;
}

const CHECKSUM_PREFIX = "x-amz-checksum-";

/** Headers with that prefix that carry no checksum. */
const NOT_A_CHECKSUM = ["algorithm", "mode", "type"].map((name) => CHECKSUM_PREFIX + name);

const ALGORITHM_OF: ReadonlyMap<string, ChecksumAlgorithm> = new Map(
  CHECKSUM_ALGORITHMS.map((algorithm) => [checksumHeader(algorithm), algorithm]),
);

/**
 * `Content-MD5`, decoded.
 *
 * @throws {S3Error} `InvalidDigest`
 */
export function declaredMd5(headers: Headers): Uint8Array | undefined {
  const header = headers.get("content-md5");
  if (header === null) return undefined;
  const md5 = parseDigest("MD5", header.trim());
  if (md5 === undefined) throw new S3Error("InvalidDigest");
  return md5;
}

/**
 * The one checksum that a request may declare, in a header or for its trailer.
 *
 * @throws {S3Error} `InvalidRequest` for more than one, for a value that none can have, or where
 * `x-amz-sdk-checksum-algorithm` announces one that is not there; `NotImplemented` for an algorithm
 * that is not known
 */
export function declaredChecksum(headers: Headers): DeclaredChecksum | undefined {
  const declared = [...inHeaders(headers), ...inTrailers(headers)];
  if (declared.length > 1) throw multipleChecksums();
  demandAnnounced(headers, declared[0]?.algorithm);
  return declared[0];
}

/**
 * The checksum of an object, where the headers speak of that and not of the request's body, as in
 * CompleteMultipartUpload. A composite one may end in the number of its parts.
 *
 * @throws {S3Error} what {@link declaredChecksum} throws
 */
export function declaredObjectChecksum(
  headers: Headers,
): { readonly algorithm: ChecksumAlgorithm; readonly value: string } | undefined {
  const declared = CHECKSUM_ALGORITHMS.filter((algorithm) =>
    headers.has(checksumHeader(algorithm))
  );
  if (declared.length > 1) throw multipleChecksums();
  const [algorithm] = declared;
  if (algorithm === undefined) return undefined;
  const value = (headers.get(checksumHeader(algorithm)) ?? "").trim();
  parseChecksum(algorithm, value.replace(/-\d+$/, ""));
  return { algorithm, value };
}

/**
 * The algorithm that a header or a trailer is the checksum of.
 *
 * @throws {S3Error} `NotImplemented` for an algorithm that is not known
 */
function checksumAlgorithmOf(name: string): ChecksumAlgorithm | undefined {
  const algorithm = ALGORITHM_OF.get(name);
  if (algorithm !== undefined || !name.startsWith(CHECKSUM_PREFIX)) return algorithm;
  if (NOT_A_CHECKSUM.includes(name)) return undefined;
  throw new S3Error("NotImplemented", `The header ${name} is not implemented.`, {
    detail: { Header: name },
  });
}

/**
 * Reads a checksum's value.
 *
 * @throws {S3Error} `InvalidRequest` for one that the algorithm cannot have
 */
export function parseChecksum(algorithm: ChecksumAlgorithm, text: string): Uint8Array {
  const value = parseDigest(algorithm, text.trim());
  if (value !== undefined) return value;
  throw new S3Error(
    "InvalidRequest",
    `Value for ${checksumHeader(algorithm)} header is invalid.`,
  );
}

function inHeaders(headers: Headers): DeclaredChecksum[] {
  const found: DeclaredChecksum[] = [];
  // Headers' forEach() costs a tenth of its iterators.
  headers.forEach((text, name) => {
    const algorithm = checksumAlgorithmOf(name);
    if (algorithm === undefined) return;
    found.push({ kind: "value", algorithm, value: parseChecksum(algorithm, text) });
  });
  return found;
}

function inTrailers(headers: Headers): DeclaredChecksum[] {
  const names = headers.get("x-amz-trailer")?.split(",") ?? [];
  return names.flatMap((name): DeclaredChecksum[] => {
    const algorithm = checksumAlgorithmOf(name.trim().toLowerCase());
    return algorithm === undefined ? [] : [{ kind: "trailer", algorithm }];
  });
}

function demandAnnounced(headers: Headers, declared: ChecksumAlgorithm | undefined): void {
  const announced = headers.get("x-amz-sdk-checksum-algorithm");
  if (announced === null || announced.toUpperCase() === declared) return;
  const known = CHECKSUM_ALGORITHMS.some((algorithm) => algorithm === announced.toUpperCase());
  throw new S3Error(
    "InvalidRequest",
    known && declared === undefined
      ? "x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or " +
        "x-amz-trailer headers were found."
      : "Value for x-amz-sdk-checksum-algorithm header is invalid.",
  );
}

function multipleChecksums(): S3Error {
  return new S3Error(
    "InvalidRequest",
    "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.",
  );
}
