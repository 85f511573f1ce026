import { claimUpload, releaseIntent } from "../metadata/intents.ts";
import type { PlacedUpload } from "../metadata/uploads.ts";
import type { StorageContext } from "./context.ts";
import { StorageError } from "./storage_error.ts";
import { requireUpload } from "./upload_part.ts";

/** How long a request waits for another that completes or aborts the same upload, and how often it looks. */
const PATIENCE = 60_000;
const PAUSE = 50;

/**
 * Runs `work` while nobody else completes or aborts the upload. One that comes second waits for the
 * first, and then finds the upload ended, or still there.
 *
 * Throws `NoSuchUpload`; `OperationAborted` when the other takes longer than a minute.
 */
export async function whileClaimed<T>(
  ctx: StorageContext,
  { bucket, key, uploadId }: { bucket: string; key: string; uploadId: string },
  work: (upload: PlacedUpload) => Promise<T>,
): Promise<T> {
  const giveUpAt = Date.now() + PATIENCE;
  for (;;) {
    await requireUpload(ctx, bucket, key, uploadId);
    if (await claimUpload(ctx.sql, uploadId)) break;
    if (Date.now() > giveUpAt) {
      throw new StorageError(
        "OperationAborted",
        "A conflicting operation is currently in progress against this resource. Please try again.",
      );
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  return await ctx.intents.during(uploadId, async () => {
    try {
      return await work(await requireUpload(ctx, bucket, key, uploadId));
    } finally {
      await releaseIntent(ctx.sql, uploadId);
    }
  });
}
