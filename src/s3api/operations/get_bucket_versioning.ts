import type { Handler } from "../operation.ts";
import { xmlResponse } from "../xml.ts";

/** GetBucketVersioning: never enabled, which S3 says by leaving `Status` out. */
export const getBucketVersioning: Handler = () =>
  Promise.resolve(xmlResponse("VersioningConfiguration", {}));
