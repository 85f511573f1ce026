/**
 * Objects as the service means them: the one door through which protocol code reaches metadata and
 * backends. Every method is one whole step of the commit protocol (see `docs/architecture.md`).
 *
 * @module
 */
import type { ByteRange, Content } from "../backends/backend.ts";
import type { Checksum, ChecksumAlgorithm, ChecksumType } from "../digest/checksum.ts";
import type {
  Bucket,
  ListedObject,
  MultipartPart,
  MultipartUpload,
  ObjectHeaders,
  ObjectPart,
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

/** All methods throw `StorageError`; an error thrown by an upload's content passes unchanged. */
export class Storage {
  /** A bucket, or `undefined`. Answers from memory for up to a second. */
  findBucket(_name: string): Promise<Bucket | undefined> {
    throw new Error("unfinished");
  }

  /** All buckets in the order of their names. */
  listBuckets(): Promise<readonly Bucket[]> {
    throw new Error("unfinished");
  }

  /** Throws `BucketAlreadyOwnedByYou`, `BucketAlreadyExists`. */
  createBucket(_name: string, _owner: string): Promise<Bucket> {
    throw new Error("unfinished");
  }

  /** Throws `NoSuchBucket`, `BucketNotEmpty` (objects, or uploads under way). */
  deleteBucket(_name: string): Promise<void> {
    throw new Error("unfinished");
  }

  /**
   * Stores an object, or nothing.
   *
   * Throws `NoSuchBucket`, `PreconditionFailed`, `NoSuchKey` (If-Match on a key that is not there),
   * `ConditionalRequestConflict`, `InsufficientStorage` (before the content is read), `SlowDown`.
   */
  putObject(_write: PutObject): Promise<StoredObject> {
    throw new Error("unfinished");
  }

  /** Throws `NoSuchKey`, `NoSuchBucket`. */
  headObject(_bucket: string, _key: string): Promise<StoredObject> {
    throw new Error("unfinished");
  }

  /** The parts an object was uploaded in, in order; empty for a single PUT. */
  objectParts(_object: StoredObject): Promise<readonly ObjectPart[]> {
    throw new Error("unfinished");
  }

  /**
   * Opens an object. `choose` sees the row first and answers the range to read (`undefined`: all),
   * or throws to end the request without touching a backend (preconditions, unsatisfiable range).
   * It may be called again when the object was overwritten meanwhile.
   */
  getObject(
    _bucket: string,
    _key: string,
    _choose: (object: StoredObject) => Promise<ByteRange | undefined> | ByteRange | undefined,
    _signal?: AbortSignal,
  ): Promise<OpenObject> {
    throw new Error("unfinished");
  }

  /** Deletes an object; one that is not there is no fault unless `ifMatch` (unquoted, or `*`) is given. */
  deleteObject(_bucket: string, _key: string, _ifMatch?: string): Promise<void> {
    throw new Error("unfinished");
  }

  /** Deletes up to 1,000 objects; resolves with the ones that remain. Throws `NoSuchBucket`. */
  deleteObjects(
    _bucket: string,
    _objects: readonly { readonly key: string; readonly ifMatch?: string }[],
  ): Promise<readonly { readonly key: string; readonly code: "PreconditionFailed" | "NoSuchKey" }[]> {
    throw new Error("unfinished");
  }

  /** Copies an object (at most 5 GiB) to another key, or onto itself with new headers. */
  copyObject(_copy: CopyObject): Promise<StoredObject> {
    throw new Error("unfinished");
  }

  /** Throws `NoSuchBucket`. */
  listObjects(_list: ListObjects): Promise<ObjectPage> {
    throw new Error("unfinished");
  }

  /** Throws `NoSuchBucket`, `InsufficientStorage`, `SlowDown`. */
  createMultipartUpload(_create: CreateMultipartUpload): Promise<MultipartUpload> {
    throw new Error("unfinished");
  }

  /** The upload, for its checksum algorithm. Throws `NoSuchUpload`. */
  findMultipartUpload(_bucket: string, _key: string, _uploadId: string): Promise<MultipartUpload> {
    throw new Error("unfinished");
  }

  /** Throws `NoSuchUpload`, `InsufficientStorage`, `SlowDown`. */
  uploadPart(_part: UploadPart): Promise<MultipartPart> {
    throw new Error("unfinished");
  }

  /** Throws `NoSuchUpload`, `InsufficientStorage`, `SlowDown`. */
  uploadPartCopy(_part: UploadPartCopy): Promise<MultipartPart> {
    throw new Error("unfinished");
  }

  /**
   * Makes the object. Repeating a completion that succeeded answers the same again.
   *
   * Throws `NoSuchUpload`, `InvalidPart`, `InvalidPartOrder`, `EntityTooSmall`, `BadDigest`,
   * `InvalidRequest`, and what a conditional write throws.
   */
  completeMultipartUpload(_complete: CompleteMultipartUpload): Promise<StoredObject> {
    throw new Error("unfinished");
  }

  /** Throws `NoSuchUpload`. */
  abortMultipartUpload(_bucket: string, _key: string, _uploadId: string): Promise<void> {
    throw new Error("unfinished");
  }

  /** Uploads under way, by key and then by upload id. */
  listMultipartUploads(_list: ListUploads): Promise<UploadPage> {
    throw new Error("unfinished");
  }

  /** Parts of an upload with a number greater than `after`. Throws `NoSuchUpload`. */
  listParts(
    _bucket: string,
    _key: string,
    _uploadId: string,
    _after: number,
    _limit: number,
  ): Promise<PartPage> {
    throw new Error("unfinished");
  }
}
