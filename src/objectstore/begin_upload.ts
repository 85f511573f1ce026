import { ABORT_LIMIT, abortUpload } from "./abort_uploads.ts";
import type { StoreContext } from "./context.ts";
import type { ObjectDescription } from "./object_store.ts";
import type { UploadUnderWay } from "./upload_calls.ts";

/**
 * Begins an upload in parts. The request itself is not given up, since only its answer names the upload
 * that is to be aborted then: that is done when it comes, and nobody waits for it.
 */
export async function beginUpload(
  ctx: StoreContext,
  key: string,
  description: ObjectDescription,
  signal: AbortSignal | undefined,
): Promise<UploadUnderWay> {
  const begun = ctx.attempting(() => ctx.calls.uploads.create(key, description), signal)
    .then((uploadId) => ({ key, uploadId }));
  const givenUp = Promise.withResolvers<never>();
  const giveUp = () => givenUp.reject(signal?.reason);
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    return await Promise.race([begun, givenUp.promise]);
  } catch (error) {
    begun.then((upload) => abortUpload(ctx, upload, AbortSignal.timeout(ABORT_LIMIT)))
      .catch(() => {});
    throw error;
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}
