import { parsePolicy } from "../../policy/parse.ts";
import { faultText, PolicyError } from "../../policy/policy_error.ts";
import { isPublic } from "../../policy/public.ts";
import type { PolicyDocument } from "../../policy/document.ts";
import { demandChangeablePolicy } from "../changeable_policy.ts";
import { S3Error } from "../errors.ts";
import type { Handler, Services } from "../operation.ts";
import { readSmallBody } from "../small_body.ts";

/** Bytes of a body that is read in order to say that the policy in it is too long. */
const MAX_BODY_SIZE = 64 * 1_024;

/**
 * PutBucketPolicy: the new policy holds everywhere once this answers; one that is refused leaves
 * the old one as it is.
 */
export const putBucketPolicy: Handler = async (request, services) => {
  const { access, storage } = services;
  const body = await readSmallBody(request, services, MAX_BODY_SIZE);
  // While a slow body came in, another policy may have.
  await access.authorize(request);
  const bucket = await access.demandBucket(request.bucket);
  demandChangeablePolicy(bucket, access.rules);
  const text = decodeUtf8(body);
  const policy = parse(text, bucket.name, services);
  if (bucket.publicAccessBlock?.blockPublicPolicy === true && isPublic(policy)) {
    throw new S3Error(
      "AccessDenied",
      "The policy is public, which the BlockPublicPolicy setting of the bucket prevents.",
    );
  }
  await storage.setBucketPolicy(bucket.name, text);
  return new Response(null, { status: 204 });
};

function parse(text: string, bucket: string, { access }: Services): PolicyDocument {
  const { account } = access.rules;
  try {
    return parsePolicy(text, { bucket, account, knows: ({ name }) => access.knows(name) });
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    const [first, ...others] = error.faults.map(faultText);
    const more = others.length === 0 ? "" : ` (and ${others.length} more)`;
    throw new S3Error("MalformedPolicy", `${first}${more}`);
  }
}

function decodeUtf8(body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch (cause) {
    throw new S3Error("MalformedPolicy", "The policy is not UTF-8.", { cause });
  }
}
