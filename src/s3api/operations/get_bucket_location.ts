import type { Handler } from "../operation.ts";
import { xmlResponse } from "../xml.ts";

/** GetBucketLocation. The location of `us-east-1` is written as an empty element, as on AWS. */
export const getBucketLocation: Handler = (_request, { region }) =>
  Promise.resolve(xmlResponse("LocationConstraint", region === "us-east-1" ? "" : region));
