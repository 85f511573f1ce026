import { z } from "zod";
import type { Handler } from "../operation.ts";
import { readSmallBody } from "../small_body.ts";
import { parseXml, xmlObject } from "../xml.ts";

/** Bytes. */
const MAX_DOCUMENT_SIZE = 64 * 1_024;

/** What is not given is off. */
const setting = z.string().optional().transform((text) => text?.trim().toLowerCase() ?? "false")
  .pipe(z.enum(["true", "false"])).transform((text) => text === "true");

const blockSchema = xmlObject({
  BlockPublicAcls: setting,
  IgnorePublicAcls: setting,
  BlockPublicPolicy: setting,
  RestrictPublicBuckets: setting,
});

/** PutPublicAccessBlock: holds everywhere once this answers. */
export const putPublicAccessBlock: Handler = async (request, services) => {
  const body = await readSmallBody(request, services, MAX_DOCUMENT_SIZE);
  // While a slow body came in, a policy may have come to forbid it.
  await services.access.authorize(request);
  const settings = parseXml(body, "PublicAccessBlockConfiguration", blockSchema);
  await services.storage.setPublicAccessBlock(request.bucket, {
    blockPublicAcls: settings.BlockPublicAcls,
    ignorePublicAcls: settings.IgnorePublicAcls,
    blockPublicPolicy: settings.BlockPublicPolicy,
    restrictPublicBuckets: settings.RestrictPublicBuckets,
  });
  return new Response(null, { status: 200 });
};
