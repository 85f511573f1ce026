/**
 * The bucket of evidence in the service itself: nobody is its member, and all that comes in by S3 are
 * requests that links and forms of the API were signed for.
 *
 * @module
 */
import type { Config } from "../../config/config.ts";
import { LINKS_USER } from "../../config/evidence_config.ts";
import { objectArn, userArn } from "../../policy/arn.ts";
import type { KeptPolicy } from "../../s3api/access_rules.ts";
import type { AccessKey } from "../../s3api/credentials.ts";

/** The access key id that links of this service are signed with. */
export const LINKS_KEY_ID = "HOLDFASTLINKS";

/** What objects of browsers begin with before they become attachments. */
const UPLOADS = "uploads/*";

/** The key that links are signed with. */
export function linksKey(secret: string): AccessKey {
  return {
    secret,
    user: {
      kind: "user",
      name: LINKS_USER,
      accessKeyId: LINKS_KEY_ID,
      buckets: new Set(),
      mayCreateBuckets: false,
    },
  };
}

/** The policy of the bucket of evidence; `undefined` where it is in another store. */
export function evidenceBucketPolicy(
  { evidence: { store }, server }: Config,
): (KeptPolicy & { readonly bucket: string }) | undefined {
  if (store.kind !== "holdfast") return undefined;
  const { bucket } = store;
  const links = { AWS: userArn(server.account_id, LINKS_USER) };
  const statements = [
    {
      Sid: "LinksRead",
      Effect: "Allow",
      Principal: links,
      Action: "s3:GetObject",
      Resource: [objectArn(bucket, "evidence/*"), objectArn(bucket, "attachments/*")],
    },
    {
      Sid: "BrowsersUpload",
      Effect: "Allow",
      Principal: links,
      Action: "s3:PutObject",
      Resource: objectArn(bucket, UPLOADS),
    },
    {
      Sid: "NothingIsOverwritten",
      Effect: "Deny",
      Principal: "*",
      Action: ["s3:Put*", "s3:Delete*", "s3:AbortMultipartUpload"],
      NotResource: objectArn(bucket, UPLOADS),
    },
  ];
  const document = JSON.stringify({ Version: "2012-10-17", Statement: statements });
  return { bucket, source: "the bucket of evidence", document };
}
