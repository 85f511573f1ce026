import type { Handler } from "../operation.ts";

/** DeletePublicAccessBlock: that there was none is no fault. */
export const deletePublicAccessBlock: Handler = async ({ bucket }, { storage }) => {
  await storage.setPublicAccessBlock(bucket, undefined);
  return new Response(null, { status: 204 });
};
