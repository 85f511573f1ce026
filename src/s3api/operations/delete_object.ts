import type { Handler } from "../operation.ts";
import { deleteCondition } from "../write_condition.ts";

/** DeleteObject: that there is nothing to delete is no fault, unless a condition says so. */
export const deleteObject: Handler = async ({ bucket, key, headers }, { storage }) => {
  await storage.deleteObject(bucket, key, deleteCondition(headers));
  return new Response(null, { status: 204 });
};
