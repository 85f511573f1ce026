import { ownerHasFullControl } from "../access_control.ts";
import type { Handler } from "../operation.ts";

/** GetObjectAcl: the object's owner has full control. */
export const getObjectAcl: Handler = async ({ bucket, key }, { storage }) => {
  const object = await storage.headObject(bucket, key);
  return ownerHasFullControl(object.owner);
};
