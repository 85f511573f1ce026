import { findBucket } from "../metadata/buckets.ts";
import type { Sql } from "../metadata/sql.ts";
import type { Bucket } from "./model.ts";
import { StorageError } from "./storage_error.ts";

/** How long a bucket that was seen is taken to be there still, in milliseconds. */
const TRUSTED_FOR = 1_000;
/** Most buckets kept in memory. */
const MOST_ENTRIES = 10_000;

/**
 * Buckets, remembered for a second, so that a request for a known bucket costs no query. Only
 * buckets that exist are remembered: one that was just created is seen at once everywhere, one that
 * was just deleted within the second (a write to it fails in its commit all the same).
 */
export class BucketDirectory {
  readonly #entries = new Map<string, { readonly bucket: Bucket; readonly until: number }>();

  constructor(private readonly sql: Sql, private readonly now: () => number = Date.now) {}

  async find(name: string): Promise<Bucket | undefined> {
    const known = this.#entries.get(name);
    if (known && known.until > this.now()) return known.bucket;
    const bucket = await findBucket(this.sql, name);
    if (bucket) this.#remember(bucket);
    else this.#entries.delete(name);
    return bucket;
  }

  /** Throws `NoSuchBucket`. */
  async require(name: string): Promise<Bucket> {
    const bucket = await this.find(name);
    if (!bucket) throw noSuchBucket(name);
    return bucket;
  }

  forget(name: string): void {
    this.#entries.delete(name);
  }

  #remember(bucket: Bucket): void {
    if (this.#entries.size >= MOST_ENTRIES) this.#entries.clear();
    this.#entries.set(bucket.name, { bucket, until: this.now() + TRUSTED_FOR });
  }
}

export function noSuchBucket(name: string): StorageError {
  return new StorageError("NoSuchBucket", "The specified bucket does not exist", {
    BucketName: name,
  });
}
