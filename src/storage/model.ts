/**
 * The nouns of the storage room: what an object, a part and an upload are, as the service means
 * them. Everything a client can see of an object is here, so HEAD and LIST never ask a backend.
 *
 * @module
 */
import type { BackendKey } from "../backends/backend.ts";
import type { Checksum, ChecksumAlgorithm, ChecksumType } from "../digest/checksum.ts";

/** Headers kept with an object and given back with it. */
export interface ObjectHeaders {
  readonly contentType?: string;
  readonly cacheControl?: string;
  readonly contentDisposition?: string;
  readonly contentEncoding?: string;
  readonly contentLanguage?: string;
  readonly expires?: string;
  readonly websiteRedirectLocation?: string;
  /** As given in `x-amz-storage-class`; absent means `STANDARD`. */
  readonly storageClass?: string;
  /** User metadata, names in lower case without `x-amz-meta-`. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** A part of a completed multipart object, kept so that `?partNumber` and GetObjectAttributes answer. */
export interface ObjectPart {
  readonly partNumber: number;
  readonly size: number;
  /** Base64, in the object's checksum algorithm, where one was asked for. */
  readonly checksum?: string;
}

/** One stored object: the row, without its bytes. */
export interface StoredObject {
  readonly bucket: string;
  readonly key: string;
  /** Sortable and unique; part of the backend key of what Holdfast wrote itself. */
  readonly version: string;
  readonly backend: string;
  readonly backendKey: BackendKey;
  readonly size: number;
  /** Unquoted. */
  readonly etag: string;
  readonly lastModified: Date;
  readonly owner: string;
  readonly headers: ObjectHeaders;
  readonly checksum?: Checksum;
  /** How many parts it was uploaded in; absent for a single PUT. */
  readonly partsCount?: number;
}

/** The little of an object that a listing shows. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: Date;
  readonly owner: string;
  readonly storageClass?: string;
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumType?: ChecksumType;
}

/** A bucket, as configured or created. */
export interface Bucket {
  readonly name: string;
  readonly createdAt: Date;
  /** Name of the user or credential that created it; `""` for one from the configuration. */
  readonly owner: string;
}

/** A bucket, with what says who may do what with it. */
export interface GovernedBucket extends Bucket {
  /** Its policy, as it was sent; absent where there is none. */
  readonly policy?: string;
  readonly publicAccessBlock?: PublicAccessBlock;
}

/**
 * What a bucket's owner forbids whatever policies and access control lists say.
 * Source: "PublicAccessBlockConfiguration" in the Amazon S3 API reference.
 */
export interface PublicAccessBlock {
  readonly blockPublicAcls: boolean;
  readonly ignorePublicAcls: boolean;
  readonly blockPublicPolicy: boolean;
  readonly restrictPublicBuckets: boolean;
}

/** A multipart upload under way. */
export interface MultipartUpload {
  readonly uploadId: string;
  readonly bucket: string;
  readonly key: string;
  readonly initiatedAt: Date;
  readonly owner: string;
  readonly headers: ObjectHeaders;
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumType?: ChecksumType;
}

/** A part of a multipart upload under way. */
export interface MultipartPart {
  readonly partNumber: number;
  readonly size: number;
  /** MD5 of the part in hex. */
  readonly etag: string;
  readonly lastModified: Date;
  readonly checksum?: Checksum;
}

/**
 * A write's condition, on the object as it is when the write commits.
 * Source: "How to prevent object overwrites with conditional writes".
 */
export type WriteCondition =
  | { readonly kind: "none" }
  /** `If-None-Match: *` */
  | { readonly kind: "absent" }
  /** `If-Match: "etag"` (unquoted here), or `*` for any. */
  | { readonly kind: "match"; readonly etag: string };
