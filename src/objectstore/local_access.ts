import type { StoredObject } from "../storage/model.ts";
import type { Storage } from "../storage/storage.ts";
import type { CopySource } from "./bucket_calls.ts";
import { localFault } from "./local_fault.ts";
import { ObjectStoreError } from "./object_store_error.ts";

/** The way of one bucket to this process's storage. */
export class LocalAccess {
  constructor(readonly storage: Storage, readonly bucket: string) {}

  /**
   * Calls storage, unless somebody has given up.
   *
   * @param key for messages; `""` for the bucket itself
   * @throws {ObjectStoreError} what storage throws; the reason of the signal
   */
  async call<Result>(
    key: string,
    signal: AbortSignal | undefined,
    run: () => Promise<Result>,
  ): Promise<Result> {
    signal?.throwIfAborted();
    try {
      return await run();
    } catch (error) {
      throw signal?.aborted ? signal.reason : localFault(this.nameOf(key), error);
    }
  }

  /** An object of any bucket. */
  async find({ bucket, key, ifMatch }: CopySource, signal?: AbortSignal): Promise<StoredObject> {
    const object = await this.call(key, signal, () => this.storage.headObject(bucket, key));
    demandTag(object, ifMatch);
    return object;
  }

  /** What an object is called in messages. */
  nameOf(key: string): string {
    return `s3://${this.bucket}/${key}`;
  }
}

/**
 * Lets an object pass that is still the same.
 *
 * @param ifMatch an entity tag, unquoted
 */
export function demandTag({ key, etag }: StoredObject, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch === etag) return;
  throw new ObjectStoreError("PreconditionFailed", `${key}: it is another object by now`, {
    code: "PreconditionFailed",
  });
}
