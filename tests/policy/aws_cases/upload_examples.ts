import {
  allow,
  type AwsCase,
  BUCKET,
  decisions,
  deny,
  OBJECTS,
  policy,
  put,
  user,
} from "./aws_case.ts";
import { ENCRYPTION, KEY_EXAMPLES } from "./pages.ts";

const DAVE = { Principal: { AWS: user("dave") } };
const AS_DAVE = { as: { name: "dave" } } as const;
const WRITE = { ...DAVE, Action: "s3:PutObject", Resource: OBJECTS };

function write(headers: Readonly<Record<string, string>>, createsObject = true) {
  return put("k", headers, { ...AS_DAVE, createsObject });
}

/** "Bucket policy examples using condition keys": what an upload or a read must say. */
export const UPLOAD_EXAMPLES: readonly AwsCase[] = [
  ...decisions(
    KEY_EXAMPLES,
    policy(
      allow(WRITE),
      deny({
        ...WRITE,
        Condition: { StringNotEquals: { "s3:x-amz-acl": "bucket-owner-full-control" } },
      }),
    ),
    [
      [
        "an upload with the ACL asked for is allowed",
        write({ "x-amz-acl": "bucket-owner-full-control" }),
        "allow",
      ],
      ["an upload with another ACL is denied", write({ "x-amz-acl": "private" }), "deny"],
      ["an upload without an ACL is denied", write({}), "deny"],
    ],
  ),
  ...decisions(
    ENCRYPTION,
    policy(
      deny({
        Action: "s3:PutObject",
        Resource: OBJECTS,
        Condition: { StringNotEquals: { "s3:x-amz-server-side-encryption": "AES256" } },
      }),
      deny({
        Action: "s3:PutObject",
        Resource: OBJECTS,
        Condition: { Null: { "s3:x-amz-server-side-encryption": "true" } },
      }),
    ),
    [
      [
        "an upload that asks for encryption is not denied",
        write({ "x-amz-server-side-encryption": "AES256" }),
        "default",
      ],
      [
        "an upload that asks for other encryption is denied",
        write({ "x-amz-server-side-encryption": "aws:kms" }),
        "deny",
      ],
      ["an upload that asks for no encryption is denied", write({}), "deny"],
      [
        "a multipart upload asks for it when it begins",
        write({ "x-amz-server-side-encryption": "AES256" }, false),
        "default",
      ],
    ],
  ),
  ...decisions(
    KEY_EXAMPLES,
    policy(
      allow(WRITE),
      deny({
        ...WRITE,
        Condition: { StringNotLike: { "s3:x-amz-copy-source": "bucket/public/*" } },
      }),
    ),
    [
      [
        "a copy from the public folder is allowed",
        write({ "x-amz-copy-source": "bucket/public/a.jpg" }),
        "allow",
      ],
      [
        "a copy from elsewhere is denied",
        write({ "x-amz-copy-source": "bucket/private/a.jpg" }),
        "deny",
      ],
      [
        "a copy from another bucket is denied",
        write({ "x-amz-copy-source": "bucket2/public/a.jpg" }),
        "deny",
      ],
      ["an upload, which is no copy, is denied", write({}), "deny"],
    ],
  ),
  ...decisions(
    KEY_EXAMPLES,
    policy(
      allow(WRITE),
      deny({
        ...WRITE,
        Condition: { StringNotEquals: { "s3:x-amz-copy-source": "bucket/public/a.jpg" } },
      }),
    ),
    [
      [
        "a copy of the one object is allowed",
        write({ "x-amz-copy-source": "bucket/public/a.jpg" }),
        "allow",
      ],
      [
        "a copy of its neighbour is denied",
        write({ "x-amz-copy-source": "bucket/public/b.jpg" }),
        "deny",
      ],
    ],
  ),
  ...decisions(
    KEY_EXAMPLES,
    policy(
      allow({ ...DAVE, Action: "s3:GetObjectVersion", Resource: `${BUCKET}/k` }),
      deny({
        ...DAVE,
        Action: "s3:GetObjectVersion",
        Resource: `${BUCKET}/k`,
        Condition: { StringNotEquals: { "s3:VersionId": "AaaHbAQ" } },
      }),
    ),
    [
      ["the one version may be read", {
        action: "s3:GetObjectVersion",
        key: "k",
        query: { versionId: "AaaHbAQ" },
        ...AS_DAVE,
      }, "allow"],
      ["another version may not be read", {
        action: "s3:GetObjectVersion",
        key: "k",
        query: { versionId: "BbbHbAQ" },
        ...AS_DAVE,
      }, "deny"],
    ],
  ),
  ...decisions(
    KEY_EXAMPLES,
    policy(
      allow({
        ...WRITE,
        Condition: { StringEquals: { "s3:x-amz-storage-class": ["STANDARD_IA"] } },
      }),
    ),
    [
      [
        "an upload of the storage class asked for is allowed",
        write({ "x-amz-storage-class": "STANDARD_IA" }),
        "allow",
      ],
      [
        "an upload of another storage class is not",
        write({ "x-amz-storage-class": "STANDARD" }),
        "default",
      ],
      ["an upload that names no storage class is not", write({}), "default"],
    ],
  ),
];
