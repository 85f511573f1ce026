import { createHash } from "node:crypto";
import type { StoreContext } from "./context.ts";
import type { Cancellable, WriteCondition, Written } from "./object_store.ts";
import { settledWrite } from "./settled_write.ts";
import { WRITE_MARK } from "./write_mark.ts";
import type { KeptPart, UploadUnderWay } from "./upload_calls.ts";

/** How an upload is completed. */
export interface Completion extends WriteCondition, Cancellable {
  /** What this process has marked the upload with, where it began it. */
  readonly mark?: string;
}

/** Makes the object out of its parts. */
export async function completeUpload(
  ctx: StoreContext,
  upload: UploadUnderWay,
  parts: readonly KeptPart[],
  { mark, signal, ...condition }: Completion,
): Promise<Written> {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const expected = compositeTag(parts);
  return await settledWrite(ctx, {
    key: upload.key,
    signal,
    isOurs: (there) =>
      mark === undefined
        ? there.etag === expected && there.size === size
        : there.metadata[WRITE_MARK] === mark,
    send: async () => ({
      etag: await ctx.calls.uploads.complete(upload, parts, condition, signal),
      size,
    }),
  });
}

/** The entity tag of an object whose parts have MD5s as theirs: MD5 of these, and how many there are. */
function compositeTag(parts: readonly KeptPart[]): string {
  const hash = createHash("md5");
  for (const { etag } of parts) hash.update(etag, "hex");
  return `${hash.digest("hex")}-${parts.length}`;
}
