import { type Commit, commitObject, commitState, findObject } from "../metadata/objects.ts";
import { enqueueStray } from "../metadata/deletions.ts";
import { isSqlState, SQLSTATE } from "../metadata/sql.ts";
import { noSuchBucket } from "./bucket_directory.ts";
import type { StorageContext } from "./context.ts";
import { withEntityTag } from "./entity_tag.ts";
import type { StoredObject, WriteCondition } from "./model.ts";
import { StorageError } from "./storage_error.ts";

/** How often a commit looks again after another writer was quicker. */
const MOST_ATTEMPTS = 20;

/**
 * Commits an object whose bytes are stored, and answers with its row.
 *
 * Throws `NoSuchBucket`, `PreconditionFailed`, `NoSuchKey`, `ConditionalRequestConflict` when other
 * writers keep changing the key, and `SlowDown` when the intent was swept meanwhile.
 */
export async function commit(
  ctx: StorageContext,
  backend: string,
  wanted: Omit<Commit, "grace">,
): Promise<StoredObject> {
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const object = await tryCommit(ctx, wanted);
    if (object) {
      ctx.deletions.kick();
      return object;
    }
    const state = await commitState(ctx.sql, wanted.intent, wanted.bucket, wanted.key);
    if (!state.intentAlive) return await withoutIntent(ctx, backend, wanted);
    refuseUnless(wanted.condition, state.etag);
  }
  throw wanted.condition.kind === "none"
    ? new StorageError("SlowDown", "Please reduce your request rate.")
    : new StorageError(
      "ConditionalRequestConflict",
      "The conditional request cannot succeed due to a conflicting operation against this resource.",
    );
}

async function tryCommit(
  ctx: StorageContext,
  wanted: Omit<Commit, "grace">,
): Promise<StoredObject | undefined> {
  try {
    return await commitObject(ctx.sql, { ...wanted, grace: ctx.grace });
  } catch (error) {
    if (!isSqlState(error, SQLSTATE.foreignKeyViolation)) throw error;
    ctx.buckets.forget(wanted.bucket);
    throw noSuchBucket(wanted.bucket);
  }
}

/**
 * The intent is gone: either this very commit did happen and its answer was lost, or a sweep took
 * this process for dead. In the second case the bytes may have arrived after they were deleted; those
 * of an upload that is still there are its own, for the client to complete again or to abort.
 */
async function withoutIntent(
  ctx: StorageContext,
  backend: string,
  wanted: Omit<Commit, "grace">,
): Promise<StoredObject> {
  const object = await findObject(ctx.sql, wanted.bucket, wanted.key);
  if (object?.version === wanted.version) return { ...object, etag: wanted.etag };
  await enqueueStray(ctx.sql, { backend, backendKey: wanted.backendKey });
  throw new StorageError("SlowDown", "The write took too long to be committed. Please try again.");
}

/**
 * Throws what S3 answers when a condition does not hold for the object that is there.
 *
 * @param etag of that object, or `undefined` when there is none
 */
function refuseUnless(condition: WriteCondition, etag: string | undefined): void {
  if (condition.kind === "absent" && etag !== undefined) throw preconditionFailed("If-None-Match");
  if (condition.kind !== "match") return;
  if (etag === undefined) throw new StorageError("NoSuchKey", "The specified key does not exist.");
  if (condition.etag !== "*" && condition.etag !== etag) throw preconditionFailed("If-Match");
}

function preconditionFailed(header: "If-Match" | "If-None-Match"): StorageError {
  return new StorageError(
    "PreconditionFailed",
    "At least one of the pre-conditions you specified did not hold",
    { Condition: header },
  );
}

/**
 * Refuses a write whose condition fails already, before its body is read. The commit decides
 * again, on the row as it is then.
 */
export async function refuseEarly(
  ctx: StorageContext,
  bucket: string,
  key: string,
  condition: WriteCondition,
): Promise<void> {
  if (condition.kind === "none") return;
  const object = await findObject(ctx.sql, bucket, key);
  const { etag } = object === undefined ? { etag: undefined } : await withEntityTag(ctx, object);
  refuseUnless(condition, etag);
}
