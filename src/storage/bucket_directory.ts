import { findBucket } from "../metadata/buckets.ts";
import type { Sql } from "../metadata/sql.ts";
import type { GovernedBucket } from "./model.ts";
import { StorageError } from "./storage_error.ts";

/**
 * How long what was read of a bucket is taken to be true still, in milliseconds. Whoever changes a
 * bucket's policy waits this long before saying that it is done: then it holds in every process.
 */
export const TRUSTED_FOR = 800;
/** After this a bucket in use is read again, beside the requests, so that none waits for it. */
const REFRESHED_AFTER = 500;
/** Most buckets kept in memory. */
const MOST_ENTRIES = 10_000;

interface Reading {
  readonly begunAt: number;
  readonly result: Promise<GovernedBucket | undefined>;
}

interface Entry {
  readonly bucket: GovernedBucket;
  readonly readAt: number;
}

/**
 * Buckets, remembered for less than a second, so that a request for a bucket in use costs no query. Only
 * buckets that exist are remembered: one that was just created is seen at once everywhere, one that
 * was just deleted within the second (a write to it fails in its commit all the same).
 *
 * A bucket that did not change stays the same object, so that what was made of it can be kept by it.
 */
export class BucketDirectory {
  readonly #entries = new Map<string, Entry>();
  readonly #reading = new Map<string, Reading>();

  constructor(
    private readonly sql: Sql,
    private readonly now: () => number = () => performance.now(),
  ) {}

  async find(name: string): Promise<GovernedBucket | undefined> {
    const known = this.#entries.get(name);
    const age = known === undefined ? Infinity : this.now() - known.readAt;
    if (known === undefined || age >= TRUSTED_FOR) return await this.#read(name);
    // What fails here fails again, and is told, once nobody may rely on the old any more.
    if (age >= REFRESHED_AFTER) this.#read(name).catch(() => {});
    return known.bucket;
  }

  /** Throws `NoSuchBucket`. */
  async require(name: string): Promise<GovernedBucket> {
    const bucket = await this.find(name);
    if (!bucket) throw noSuchBucket(name);
    return bucket;
  }

  /** The next to ask reads anew: what is being read now may be from before a change. */
  forget(name: string): void {
    this.#entries.delete(name);
    this.#reading.delete(name);
  }

  #read(name: string): Promise<GovernedBucket | undefined> {
    const under = this.#reading.get(name);
    const begunAt = this.now();
    // What is slow to come may be from before a change that has been acknowledged since.
    if (under !== undefined && begunAt - under.begunAt < TRUSTED_FOR) return under.result;
    const result = findBucket(this.sql, name).then((bucket) => {
      if (this.#reading.get(name)?.result !== result) return bucket;
      return this.#remember(name, bucket, begunAt);
    }).finally(() => {
      if (this.#reading.get(name)?.result === result) this.#reading.delete(name);
    });
    this.#reading.set(name, { begunAt, result });
    return result;
  }

  #remember(
    name: string,
    read: GovernedBucket | undefined,
    readAt: number,
  ): GovernedBucket | undefined {
    const known = this.#entries.get(name)?.bucket;
    if (read === undefined) {
      this.#entries.delete(name);
      return undefined;
    }
    const bucket = known !== undefined && isSame(known, read) ? known : read;
    if (this.#entries.size >= MOST_ENTRIES) this.#entries.clear();
    this.#entries.set(name, { bucket, readAt });
    return bucket;
  }
}

export function noSuchBucket(name: string): StorageError {
  return new StorageError("NoSuchBucket", "The specified bucket does not exist", {
    BucketName: name,
  });
}

function isSame(one: GovernedBucket, other: GovernedBucket): boolean {
  return one.owner === other.owner && one.policy === other.policy &&
    one.createdAt.getTime() === other.createdAt.getTime() &&
    JSON.stringify(one.publicAccessBlock) === JSON.stringify(other.publicAccessBlock);
}
