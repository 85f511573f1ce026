/**
 * Where things lie in the directory of a disk backend.
 *
 * ```
 * lock                      held while a process starts
 * objects/ab/<sha256>       an object: a header and its bytes
 * objects/ab/<sha256>.parts an object uploaded in parts: a directory of parts and their list
 * uploads/<id>/             a multipart upload under way: the same directory before it is complete
 * staging/<id>/             what one process is writing or removing; gone when it is
 * staging/<id>.lock         locked by that process as long as it lives
 * ```
 *
 * `ab` is the start of the key's SHA-256: no key ever becomes part of a path, so none can escape the
 * directory, be too long for a name, or collide as `a` and `a/b` would.
 *
 * @module
 */
import { createHash, randomUUID } from "node:crypto";
import { join } from "node:path";

/** Name of the list of parts in the directory of an object. */
export const PARTS_LIST = "parts";

/** The 256 directories that objects are spread over. */
export const SHARDS: readonly string[] = Array.from(
  { length: 256 },
  (_, shard) => shard.toString(16).padStart(2, "0"),
);

/** Bytes of a key's hash at the start of an upload id: they bind the id to the key. */
const KEY_MARK = 16;

const UPLOAD_ID = /^[0-9a-f]{16}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Paths below the directory of one backend. */
export class DiskLayout {
  readonly lock: string;
  readonly objects: string;
  readonly uploads: string;
  readonly staging: string;

  constructor(readonly root: string) {
    this.lock = join(root, "lock");
    this.objects = join(root, "objects");
    this.uploads = join(root, "uploads");
    this.staging = join(root, "staging");
  }

  /** The file of an object that was stored in one piece. */
  object(key: string): string {
    const hash = hashOf(key);
    return `${this.objects}/${hash.slice(0, 2)}/${hash}`;
  }

  /** The directory of an object that was uploaded in parts. */
  partedObject(key: string): string {
    return `${this.object(key)}.parts`;
  }

  /** A new upload id for `key`. */
  newUploadId(key: string): string {
    return `${hashOf(key).slice(0, KEY_MARK)}-${randomUUID()}`;
  }

  /** The directory of an upload, or `undefined` when the id was never one of `key`'s. */
  upload(key: string, uploadId: string): string | undefined {
    const belongs = UPLOAD_ID.test(uploadId) && uploadId.startsWith(hashOf(key).slice(0, KEY_MARK));
    return belongs ? join(this.uploads, uploadId) : undefined;
  }
}

/** The file of a part, by what is in it: an attempt never overwrites another one's bytes. */
export function partName(partNumber: number, md5: string): string {
  return `${partNumber}-${md5}`;
}

function hashOf(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
