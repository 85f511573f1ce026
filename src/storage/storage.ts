/**
 * Objects as the service means them: the one door through which protocol code reaches metadata and
 * backends. Every method is one whole step of the commit protocol (see `docs/architecture.md`).
 *
 * @module
 */
import type { Backend } from "../backends/backend.ts";
import {
  deleteBucket,
  insertBucket,
  listBuckets,
  setBucketPolicy,
  setPublicAccessBlock,
} from "../metadata/buckets.ts";
import { listObjects } from "../metadata/listing.ts";
import { findObjectParts } from "../metadata/objects.ts";
import type { Placement } from "../metadata/quotas.ts";
import type { Sql } from "../metadata/sql.ts";
import { endUpload, listParts } from "../metadata/uploads.ts";
import { BucketDirectory, noSuchBucket, TRUSTED_FOR } from "./bucket_directory.ts";
import { whileClaimed } from "./claimed_upload.ts";
import { completeMultipartUpload } from "./complete_multipart_upload.ts";
import type { StorageContext } from "./context.ts";
import { copyObject } from "./copy_object.ts";
import { createMultipartUpload } from "./create_multipart_upload.ts";
import { deleteObject, deleteObjects } from "./delete_objects.ts";
import type { DeletionObserver } from "./backend_deletions.ts";
import { DeletionWorker } from "./deletion_worker.ts";
import { getObject, headObject } from "./get_object.ts";
import { listMultipartUploads } from "./list_uploads.ts";
import { LiveIntents } from "./live_intents.ts";
import type {
  Bucket,
  GovernedBucket,
  MultipartPart,
  MultipartUpload,
  ObjectPart,
  PublicAccessBlock,
  StoredObject,
} from "./model.ts";
import { putObject } from "./put_object.ts";
import type {
  CompleteMultipartUpload,
  CopyObject,
  CreateMultipartUpload,
  ListObjects,
  ListUploads,
  ObjectPage,
  OpenObject,
  PartPage,
  PutObject,
  ReadPlan,
  UploadPage,
  UploadPart,
  UploadPartCopy,
} from "./requests.ts";
import { StorageError } from "./storage_error.ts";
import { requireUpload, uploadPart, uploadPartCopy } from "./upload_part.ts";

export type * from "./requests.ts";

/**
 * Told of every operation: it counts and times it. `run` fills in the backend once that is known.
 */
export interface StorageObserver {
  call<T>(operation: string, run: (at: { backend: string }) => Promise<T>): Promise<T>;
}

export interface StorageOptions {
  readonly sql: Sql;
  /** In the order of the configuration, which is the order of placement. */
  readonly backends: readonly Backend[];
  readonly placement: Placement;
  /** How long readers of a displaced object keep its bytes, in milliseconds. */
  readonly grace: number;
  readonly observer?: StorageObserver;
  readonly onDeletionFailure?: DeletionObserver;
}

const UNOBSERVED: StorageObserver = { call: (_operation, run) => run({ backend: "" }) };

/** All methods throw `StorageError`; an error thrown by an upload's content passes unchanged. */
export class Storage {
  /** What background work stands on; protocol code has no business with it. */
  readonly context: StorageContext;
  readonly #observer: StorageObserver;

  constructor({ sql, backends, placement, grace, observer, onDeletionFailure }: StorageOptions) {
    const byName = new Map(backends.map((backend) => [backend.name, backend]));
    this.#observer = observer ?? UNOBSERVED;
    this.context = {
      sql,
      backends: byName,
      placement,
      grace,
      buckets: new BucketDirectory(sql),
      intents: new LiveIntents(sql),
      deletions: new DeletionWorker(sql, byName, onDeletionFailure),
    };
  }

  /** A bucket, or `undefined`. Answers from memory for up to a second. */
  findBucket(name: string): Promise<GovernedBucket | undefined> {
    return this.context.buckets.find(name);
  }

  /** All buckets in the order of their names. */
  listBuckets(): Promise<readonly Bucket[]> {
    return listBuckets(this.context.sql);
  }

  /** Throws `BucketAlreadyOwnedByYou`, `BucketAlreadyExists`. */
  async createBucket(name: string, owner: string): Promise<Bucket> {
    const created = await insertBucket(this.context.sql, name, owner);
    if (created) return created;
    const existing = await this.context.buckets.find(name);
    throw existing?.owner === owner
      ? new StorageError(
        "BucketAlreadyOwnedByYou",
        "Your previous request to create the named bucket succeeded and you already own it.",
        { BucketName: name },
      )
      : new StorageError(
        "BucketAlreadyExists",
        "The requested bucket name is not available. Please select a different name and try again.",
        { BucketName: name },
      );
  }

  /** Throws `NoSuchBucket`, `BucketNotEmpty` (objects, or uploads under way). */
  async deleteBucket(name: string): Promise<void> {
    this.context.buckets.forget(name);
    const outcome = await deleteBucket(this.context.sql, name);
    if (outcome === "absent") throw noSuchBucket(name);
    if (outcome === "not-empty") {
      throw new StorageError("BucketNotEmpty", "The bucket you tried to delete is not empty", {
        BucketName: name,
      });
    }
  }

  /**
   * Replaces a bucket's policy, `undefined` for none. Resolves once it holds in every process of the
   * deployment. Throws `NoSuchBucket`.
   */
  setBucketPolicy(name: string, policy: string | undefined): Promise<void> {
    return this.#govern(name, () => setBucketPolicy(this.context.sql, name, policy));
  }

  /** As {@link setBucketPolicy}, for the public access block. */
  setPublicAccessBlock(name: string, block: PublicAccessBlock | undefined): Promise<void> {
    return this.#govern(name, () => setPublicAccessBlock(this.context.sql, name, block));
  }

  /**
   * Stores an object, or nothing.
   *
   * Throws `NoSuchBucket`, `PreconditionFailed`, `NoSuchKey` (If-Match on a key that is not there),
   * `ConditionalRequestConflict`, `InsufficientStorage` (before the content is read), `SlowDown`.
   */
  putObject(write: PutObject): Promise<StoredObject> {
    return this.#placed("PutObject", () => putObject(this.context, write));
  }

  /** Throws `NoSuchKey`, `NoSuchBucket`. */
  headObject(bucket: string, key: string): Promise<StoredObject> {
    return this.#placed("HeadObject", () => headObject(this.context, bucket, key));
  }

  /** The parts an object was uploaded in, in order; empty for a single PUT. */
  objectParts(object: StoredObject): Promise<readonly ObjectPart[]> {
    return findObjectParts(this.context.sql, object);
  }

  /**
   * Opens an object. `choose` sees the row first and says what to read, or throws to end the request without touching a backend (preconditions, unsatisfiable range).
   * It may be called again when the object was overwritten meanwhile.
   */
  getObject(
    bucket: string,
    key: string,
    choose: (object: StoredObject) => Promise<ReadPlan> | ReadPlan,
  ): Promise<OpenObject> {
    return this.#observer.call("GetObject", async (at) => {
      const open = await getObject(this.context, bucket, key, choose);
      at.backend = open.object.backend;
      return open;
    });
  }

  /** Deletes an object; one that is not there is no fault unless `ifMatch` (unquoted, or `*`) is given. */
  deleteObject(bucket: string, key: string, ifMatch?: string): Promise<void> {
    return this.#observer.call(
      "DeleteObject",
      () => deleteObject(this.context, bucket, key, ifMatch),
    );
  }

  /** Deletes up to 1,000 objects; resolves with the ones that remain. Throws `NoSuchBucket`. */
  deleteObjects(
    bucket: string,
    objects: readonly { readonly key: string; readonly ifMatch?: string }[],
  ): Promise<
    readonly { readonly key: string; readonly code: "PreconditionFailed" | "NoSuchKey" }[]
  > {
    return this.#observer.call("DeleteObjects", () => deleteObjects(this.context, bucket, objects));
  }

  /** Copies an object (at most 5 GiB) to another key, or onto itself with new headers. */
  copyObject(copy: CopyObject): Promise<StoredObject> {
    return this.#placed("CopyObject", () => copyObject(this.context, copy));
  }

  /** Throws `NoSuchBucket`. */
  listObjects(list: ListObjects): Promise<ObjectPage> {
    return this.#observer.call("ListObjects", async () => {
      await this.context.buckets.require(list.bucket);
      return await listObjects(this.context.sql, list);
    });
  }

  /** Throws `NoSuchBucket`, `InsufficientStorage`, `SlowDown`. */
  createMultipartUpload(create: CreateMultipartUpload): Promise<MultipartUpload> {
    return this.#placed("CreateMultipartUpload", () => createMultipartUpload(this.context, create));
  }

  /** The upload, for its checksum algorithm. Throws `NoSuchUpload`. */
  findMultipartUpload(bucket: string, key: string, uploadId: string): Promise<MultipartUpload> {
    return requireUpload(this.context, bucket, key, uploadId);
  }

  /** Throws `NoSuchUpload`, `InsufficientStorage`, `SlowDown`. */
  uploadPart(part: UploadPart): Promise<MultipartPart> {
    return this.#observer.call("UploadPart", (at) => uploadPart(this.context, part, at));
  }

  /** Throws `NoSuchUpload`, `InsufficientStorage`, `SlowDown`. */
  uploadPartCopy(part: UploadPartCopy): Promise<MultipartPart> {
    return this.#observer.call("UploadPartCopy", (at) => uploadPartCopy(this.context, part, at));
  }

  /**
   * Makes the object. Repeating a completion that succeeded answers the same again.
   *
   * Throws `NoSuchUpload`, `InvalidPart`, `InvalidPartOrder`, `EntityTooSmall`, `BadDigest`,
   * `InvalidRequest`, and what a conditional write throws.
   */
  completeMultipartUpload(complete: CompleteMultipartUpload): Promise<StoredObject> {
    return this.#placed(
      "CompleteMultipartUpload",
      () => completeMultipartUpload(this.context, complete),
    );
  }

  /** Throws `NoSuchUpload`. */
  abortMultipartUpload(bucket: string, key: string, uploadId: string): Promise<void> {
    return this.#observer.call("AbortMultipartUpload", async (at) => {
      await whileClaimed(this.context, { bucket, key, uploadId }, async (upload) => {
        at.backend = upload.backend;
        await endUpload(this.context.sql, uploadId);
      });
      this.context.deletions.kick();
    });
  }

  /** Uploads under way, by key and then by upload id. */
  listMultipartUploads(list: ListUploads): Promise<UploadPage> {
    return listMultipartUploads(this.context, list);
  }

  /** Parts of an upload with a number greater than `after`. Throws `NoSuchUpload`. */
  async listParts(
    bucket: string,
    key: string,
    uploadId: string,
    after: number,
    limit: number,
  ): Promise<PartPage> {
    const upload = await requireUpload(this.context, bucket, key, uploadId);
    const parts = await listParts(this.context.sql, uploadId, after, limit + 1);
    return { upload, parts: parts.slice(0, limit), truncated: parts.length > limit };
  }

  async #govern(name: string, change: () => Promise<boolean>): Promise<void> {
    const isThere = await change();
    this.context.buckets.forget(name);
    if (!isThere) throw noSuchBucket(name);
    await new Promise((resolve) => setTimeout(resolve, TRUSTED_FOR));
  }

  /** Observes an operation whose result says where it happened. */
  #placed<T>(operation: string, run: () => Promise<T & { readonly backend: string }>): Promise<T> {
    return this.#observer.call(operation, async (at) => {
      const result = await run();
      at.backend = result.backend;
      return result;
    });
  }
}
