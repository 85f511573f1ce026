import type { Handler } from "../operation.ts";

/** DeleteBucket. A bucket that holds objects, or uploads under way, stays. */
export const deleteBucket: Handler = async ({ bucket }, { storage }) => {
  await storage.deleteBucket(bucket);
  return new Response(null, { status: 204 });
};
