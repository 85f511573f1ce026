import { BackendError, type Stored } from "../backends/backend.ts";
import { abandonIntent } from "../metadata/intents.ts";
import { commit, refuseEarly } from "./commit.ts";
import { deletedAgainAfter } from "./late_bytes.ts";
import { backendOf, type StorageContext } from "./context.ts";
import { uploadOf } from "./copy_bytes.ts";
import type { StoredObject } from "./model.ts";
import { type Place, place } from "./placement.ts";
import { putObject } from "./put_object.ts";
import type { CopyObject } from "./requests.ts";
import { slowDown, StorageError } from "./storage_error.ts";

/** The most that CopyObject copies, in bytes: 5 GiB. Source: the API reference of CopyObject. */
const MOST_BYTES = 5 * 1024 ** 3;

/**
 * Copies an object: inside its backend where that has room and is willing, and no checksum must be
 * computed; through this process otherwise.
 */
export async function copyObject(ctx: StorageContext, copy: CopyObject): Promise<StoredObject> {
  if (copy.source.size > MOST_BYTES) {
    throw new StorageError(
      "InvalidRequest",
      `The specified copy source is larger than the maximum allowable size for a copy source: ${MOST_BYTES}`,
    );
  }
  await ctx.buckets.require(copy.bucket);
  await refuseEarly(ctx, copy.bucket, copy.key, copy.condition);
  const algorithm = copy.checksumAlgorithm ?? copy.source.checksum?.algorithm;
  const kept = copy.source.checksum;
  const mustRead = algorithm !== undefined &&
    (kept?.algorithm !== algorithm || kept.type !== "FULL_OBJECT");
  if (!mustRead && copy.source.size > 0) {
    const where = await placeBeside(ctx, copy);
    try {
      if (where) return await ctx.intents.during(where.version, () => copyAt(ctx, copy, where));
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      // What a store refuses to copy by itself can still be read and written.
      if (error.kind !== "rejected") throw slowDown(error);
    }
  }
  const upload = uploadOf(ctx, copy.source, undefined, algorithm, copy.signal);
  return await putObject(ctx, { ...copy, upload });
}

/** A place on the source's own backend, or `undefined` when that is full. */
async function placeBeside(ctx: StorageContext, copy: CopyObject): Promise<Place | undefined> {
  try {
    return await place(ctx, {
      kind: "object",
      bucket: copy.bucket,
      key: copy.key,
      bytes: copy.source.size,
      backends: [backendOf(ctx, copy.source.backend).name],
    });
  } catch (error) {
    if (error instanceof StorageError && error.code === "InsufficientStorage") return undefined;
    throw error;
  }
}

async function copyAt(ctx: StorageContext, copy: CopyObject, where: Place): Promise<StoredObject> {
  const { source } = copy;
  try {
    const stored = await where.backend.copy(source.backendKey, where.backendKey, source.size, {
      signal: copy.signal,
    });
    return await commit(ctx, where.backend.name, {
      intent: where.version,
      bucket: copy.bucket,
      key: copy.key,
      version: where.version,
      backendKey: where.backendKey,
      size: source.size,
      etag: etagOfCopy(source, stored),
      owner: copy.owner,
      headers: copy.headers,
      checksum: source.checksum,
      condition: copy.condition,
    });
  } catch (error) {
    await abandonIntent(ctx.sql, where.version, {
      againAfter: deletedAgainAfter(error, copy.signal),
    });
    ctx.deletions.kick();
    throw error;
  }
}

/** The same bytes have the same MD5; only a source uploaded in parts gets a new entity tag. */
function etagOfCopy(source: StoredObject, stored: Stored): string {
  return source.partsCount === undefined ? source.etag : stored.md5 ?? source.etag;
}
