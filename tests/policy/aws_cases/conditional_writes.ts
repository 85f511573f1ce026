import type { RequestSketch } from "../policy_request.ts";
import {
  allow,
  type AwsCase,
  decisions,
  deny,
  get,
  OBJECTS,
  policy,
  put,
  user,
} from "./aws_case.ts";
import { CONDITIONAL_WRITES, ENFORCED_DELETES, ENFORCED_WRITES } from "./pages.ts";

const TO_ALICE = { Principal: { AWS: user("alice") }, Resource: OBJECTS };
const NEW = { "if-none-match": "*" };
const SAME = { "if-match": '"6805f2cfc46c0f04559748bb039d69ae"' };

type Headers = Readonly<Record<string, string>>;

/** Alice may put where that key is there. */
function putWith(key: string): object {
  return allow({ ...TO_ALICE, Action: "s3:PutObject", Condition: { Null: { [key]: "false" } } });
}

/** Alice may do what makes no object by itself. */
const UNFINISHED = allow({
  ...TO_ALICE,
  Action: "s3:PutObject",
  Condition: { Bool: { "s3:ObjectCreationOperation": "false" } },
});

const putObject = (headers: Headers = {}) => put("k", headers);
const complete = (headers: Headers = {}) => put("k", headers, { query: { uploadId: "u" } });
const create = () => put("k", {}, { query: { uploads: "" }, createsObject: false });
const part = () =>
  put("k", {}, { query: { partNumber: "1", uploadId: "u" }, createsObject: false });
const partCopy = () =>
  put("k", { "x-amz-copy-source": "bucket/a" }, {
    query: { partNumber: "1", uploadId: "u" },
    createsObject: false,
  });
const copy = (headers: Headers = {}) => put("k", { "x-amz-copy-source": "bucket/a", ...headers });

function remove(headers: Headers = {}): RequestSketch {
  return { action: "s3:DeleteObject", key: "k", headers };
}

/** "Enforce conditional writes on Amazon S3 buckets", its three examples and their operations. */
export const ENFORCED_CONDITIONAL_WRITES: readonly AwsCase[] = [
  ...decisions(ENFORCED_WRITES, policy(putWith("s3:if-none-match"), UNFINISHED), [
    ["PutObject with If-None-Match is allowed", putObject(NEW), "allow"],
    ["PutObject without a condition is not", putObject(), "default"],
    ["PutObject with If-Match is not", putObject(SAME), "default"],
    ["CompleteMultipartUpload with If-None-Match is allowed", complete(NEW), "allow"],
    ["CompleteMultipartUpload without a condition is not", complete(), "default"],
    ["CreateMultipartUpload, which takes no condition, is allowed", create(), "allow"],
    ["UploadPart, which takes no condition, is allowed", part(), "allow"],
    ["UploadPartCopy, which takes no condition, is allowed", partCopy(), "allow"],
    ["CopyObject without a condition is not allowed", copy(), "default"],
    ["another user is not allowed", { ...putObject(NEW), as: { name: "bob" } }, "default"],
    ["a stranger is not allowed", { ...putObject(NEW), as: "anonymous" }, "default"],
    ["leave to write is none to read", get("k"), "default"],
  ]),
  ...decisions(CONDITIONAL_WRITES, policy(putWith("s3:if-none-match"), UNFINISHED), [
    ["CopyObject with If-None-Match is allowed", copy(NEW), "allow"],
  ], ENFORCED_WRITES),
  ...decisions(ENFORCED_WRITES, policy(putWith("s3:if-match"), UNFINISHED), [
    ["where If-Match is asked for, PutObject with it is allowed", putObject(SAME), "allow"],
    ["where If-Match is asked for, PutObject without it is not", putObject(), "default"],
    ["where If-Match is asked for, PutObject with If-None-Match is not", putObject(NEW), "default"],
    [
      "where If-Match is asked for, CompleteMultipartUpload with it is allowed",
      complete(SAME),
      "allow",
    ],
    [
      "where If-Match is asked for, CompleteMultipartUpload without it is not",
      complete(),
      "default",
    ],
    ["where If-Match is asked for, CreateMultipartUpload is allowed", create(), "allow"],
    ["where If-Match is asked for, UploadPart is allowed", part(), "allow"],
    ["where If-Match is asked for, UploadPartCopy is allowed", partCopy(), "allow"],
    ["where If-Match is asked for, CopyObject without it is not", copy(), "default"],
  ]),
  ...decisions(
    ENFORCED_WRITES,
    policy(putWith("s3:if-none-match"), putWith("s3:if-match"), UNFINISHED),
    [
      [
        "where either is asked for, PutObject with If-None-Match is allowed",
        putObject(NEW),
        "allow",
      ],
      ["where either is asked for, PutObject with If-Match is allowed", putObject(SAME), "allow"],
      ["where either is asked for, PutObject with neither is not", putObject(), "default"],
      [
        "where either is asked for, CompleteMultipartUpload with If-Match is allowed",
        complete(SAME),
        "allow",
      ],
      [
        "where either is asked for, CompleteMultipartUpload with neither is not",
        complete(),
        "default",
      ],
      ["where either is asked for, UploadPart is allowed", part(), "allow"],
      ["where either is asked for, CopyObject with neither is not", copy(), "default"],
    ],
  ),
  ...decisions(
    ENFORCED_WRITES,
    policy(putWith("s3:if-none-match")),
    [
      ["without the exemption no multipart upload can begin", create(), "default"],
      ["without the exemption no part can be sent", part(), "default"],
    ],
  ),
  ...decisions(
    ENFORCED_WRITES,
    policy(
      allow({ Resource: OBJECTS }),
      deny({
        Action: "s3:PutObject",
        Resource: OBJECTS,
        Condition: {
          Null: { "s3:if-none-match": "true" },
          Bool: { "s3:ObjectCreationOperation": "true" },
        },
      }),
    ),
    [
      ["a Deny refuses PutObject without the condition to who may put", putObject(), "deny"],
      ["it refuses it to who has the bucket", {
        ...putObject(),
        as: { name: "alice", isMember: true },
      }, "deny"],
      ["it does not refuse PutObject with the condition", putObject(NEW), "allow"],
      ["it refuses CompleteMultipartUpload without the condition", complete(), "deny"],
      ["it does not refuse CompleteMultipartUpload with the condition", complete(NEW), "allow"],
      ["it does not refuse the beginning of a multipart upload", create(), "allow"],
      ["it does not refuse a part", part(), "allow"],
      ["it does not refuse a part that is copied", partCopy(), "allow"],
      ["it refuses CopyObject without the condition", copy(), "deny"],
      ["it has nothing to do with deletion", remove(), "allow"],
    ],
  ),
];

/** "Enforce conditional deletes on Amazon S3 buckets", its two examples. */
export const ENFORCED_CONDITIONAL_DELETES: readonly AwsCase[] = [
  ...decisions(
    ENFORCED_DELETES,
    policy(
      allow({
        ...TO_ALICE,
        Action: "s3:DeleteObject",
        Condition: { Null: { "s3:if-match": "false" } },
      }),
      allow({ ...TO_ALICE, Action: "s3:GetObject" }),
    ),
    [
      ["DeleteObject with an entity tag is allowed", remove(SAME), "allow"],
      ["DeleteObject without a condition is not", remove(), "default"],
      ["the object may be read, which an entity tag needs", get("k"), "allow"],
      [
        "another user may not delete with an entity tag",
        { ...remove(SAME), as: { name: "bob" } },
        "default",
      ],
      ["leave to delete is none to write", putObject(SAME), "default"],
    ],
  ),
  ...decisions(
    ENFORCED_DELETES,
    policy(
      allow({
        ...TO_ALICE,
        Action: "s3:DeleteObject",
        Condition: { Null: { "s3:if-match": "false" } },
      }),
    ),
    [
      ["DeleteObject of what exists is allowed", remove({ "if-match": "*" }), "allow"],
      ["DeleteObject of what may not exist is not", remove(), "default"],
      ["nothing lets the object be read", get("k"), "default"],
    ],
  ),
];
