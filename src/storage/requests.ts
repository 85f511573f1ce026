/**
 * What protocol code asks of the storage room, and what it is given back.
 *
 * @module
 */
import type { ByteRange, Content } from "../backends/backend.ts";
import type { Checksum, ChecksumAlgorithm, ChecksumType } from "../digest/checksum.ts";
import type {
  ListedObject,
  MultipartPart,
  MultipartUpload,
  ObjectHeaders,
  StoredObject,
  WriteCondition,
} from "./model.ts";

/** The bytes a client sends, with what is known of them once they have been read. */
export interface Upload {
  /** Length of the decoded content in bytes; `undefined` when only its end will tell. */
  readonly size: number | undefined;
  /**
   * The decoded content. A stream holds its last chunk back until every digest that the client
   * declared has been verified, and throws otherwise, so that a backend never completes bad bytes.
   * A `Uint8Array` has been verified already.
   */
  readonly content: Content;
  /** What was computed on the way. Only valid when the content has been read to its end. */
  digests(): UploadDigests;
}

export interface UploadDigests {
  /** Lower-case hex; only where the client sent Content-MD5. */
  readonly md5?: string;
  /** The checksum to keep with the object. */
  readonly checksum?: Checksum;
}

export interface PutObject {
  readonly bucket: string;
  readonly key: string;
  readonly owner: string;
  readonly headers: ObjectHeaders;
  readonly condition: WriteCondition;
  readonly upload: Upload;
  readonly signal?: AbortSignal;
}

export interface CopyObject {
  readonly source: StoredObject;
  readonly bucket: string;
  readonly key: string;
  readonly owner: string;
  readonly headers: ObjectHeaders;
  readonly condition: WriteCondition;
  /** Another checksum algorithm than the source's: the bytes are then read through this process. */
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly signal?: AbortSignal;
}

/** What to read of an object. */
export interface ReadPlan {
  /** `undefined`: all of it. */
  readonly range?: ByteRange;
  /** Ends the reading, also when the bytes are under way. */
  readonly signal?: AbortSignal;
}

/** What {@link Storage.getObject} opens: the object, and its bytes or the chosen range of them. */
export interface OpenObject {
  readonly object: StoredObject;
  readonly body: ReadableStream<Uint8Array>;
}

export interface ListObjects {
  readonly bucket: string;
  readonly prefix: string;
  /** `""` for none; otherwise any string. */
  readonly delimiter: string;
  /** Only keys and common prefixes greater than this, in the order of their UTF-8 bytes. */
  readonly after: string;
  /** Most entries to return, common prefixes included. 0 to 1,000. */
  readonly limit: number;
}

export type ListEntry =
  | { readonly kind: "object"; readonly object: ListedObject }
  | { readonly kind: "prefix"; readonly prefix: string };

export interface ObjectPage {
  readonly entries: readonly ListEntry[];
  /** Whether more follow; `after` of the next page is the last entry's key or prefix. */
  readonly truncated: boolean;
}

export interface CreateMultipartUpload {
  readonly bucket: string;
  readonly key: string;
  readonly owner: string;
  readonly headers: ObjectHeaders;
  readonly checksumAlgorithm?: ChecksumAlgorithm;
  readonly checksumType?: ChecksumType;
}

export interface UploadPart {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
  readonly partNumber: number;
  readonly upload: Upload;
  readonly signal?: AbortSignal;
}

export interface UploadPartCopy {
  readonly source: StoredObject;
  readonly range?: ByteRange;
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
  readonly partNumber: number;
  readonly signal?: AbortSignal;
}

export interface CompleteMultipartUpload {
  readonly bucket: string;
  readonly key: string;
  readonly uploadId: string;
  /** In the client's order; must ascend. `etag` unquoted; checksums in base64. */
  readonly parts: readonly {
    readonly partNumber: number;
    readonly etag: string;
    readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
  }[];
  readonly condition: WriteCondition;
  /** The checksum of the whole object that the client declares, where it does. */
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
  readonly checksumType?: ChecksumType;
  /** `x-amz-mp-object-size`, where given. */
  readonly expectedSize?: number;
}

export interface ListUploads {
  readonly bucket: string;
  readonly prefix: string;
  readonly delimiter: string;
  readonly keyMarker: string;
  readonly uploadIdMarker: string;
  readonly limit: number;
}

export interface UploadPage {
  readonly entries: readonly (
    | { readonly kind: "upload"; readonly upload: MultipartUpload }
    | { readonly kind: "prefix"; readonly prefix: string }
  )[];
  readonly truncated: boolean;
}

export interface PartPage {
  readonly upload: MultipartUpload;
  readonly parts: readonly MultipartPart[];
  readonly truncated: boolean;
}
