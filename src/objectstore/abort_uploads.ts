/**
 * Ends uploads in parts that will not be completed, which would be paid for until then.
 *
 * @module
 */
import type { StoreContext } from "./context.ts";
import { isNotFound } from "./object_store_error.ts";
import { everything } from "./pages.ts";
import type { UploadUnderWay } from "./upload_calls.ts";

/** How long a failed upload's caller waits for its end. Milliseconds. */
export const ABORT_LIMIT = 10_000;

/** Runs what an upload was begun for, and aborts it when that fails. */
export async function abortingOnFailure<Result>(
  ctx: StoreContext,
  upload: UploadUnderWay,
  run: () => Promise<Result>,
): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    // The fault to tell of is the one before; what remains is found by those who look for it.
    await abortUpload(ctx, upload, AbortSignal.timeout(ABORT_LIMIT)).catch(() => {});
    throw error;
  }
}

/** Aborts all uploads whose keys begin with the prefix and are wanted. Returns how many there were. */
export async function abortUploads(
  ctx: StoreContext,
  prefix: string,
  isWanted: (key: string) => boolean,
  signal: AbortSignal | undefined,
): Promise<number> {
  const uploads = everything((after) =>
    ctx.attempting(() => ctx.calls.uploads.list(prefix, after, signal), signal)
  );
  let aborted = 0;
  for await (const upload of uploads) {
    if (!isWanted(upload.key)) continue;
    await abortUpload(ctx, upload, signal);
    aborted++;
  }
  return aborted;
}

/** Aborts an upload; one that is not there is no fault. */
export async function abortUpload(
  { calls, attempting }: StoreContext,
  upload: UploadUnderWay,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await attempting(() => calls.uploads.abort(upload, signal), signal);
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}
