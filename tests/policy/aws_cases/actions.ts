import {
  allow,
  type AwsCase,
  BUCKET,
  decisions,
  deny,
  get,
  list,
  OBJECTS,
  policy,
  put,
} from "./aws_case.ts";
import { ACTION, EVALUATION, MULTIPART, NOT_ACTION, S3_ACTIONS } from "./pages.ts";

/** A document that lets everybody do that. */
function doing(action: unknown): object {
  return policy(allow({ Action: action }));
}

/** A statement about all actions but those. */
function allBut(effect: "Allow" | "Deny", action: unknown, more: object = {}): object {
  return {
    Effect: effect,
    Principal: "*",
    NotAction: action,
    Resource: [BUCKET, OBJECTS],
    ...more,
  };
}

const REMOVE = { action: "s3:DeleteObject", key: "k" };

/** "IAM JSON policy elements: Action" and "NotAction". */
export const ACTIONS: readonly AwsCase[] = [
  ...decisions(ACTION, doing("s3:GetObject"), [
    ["an action is that action", get("k"), "allow"],
    ["an action is no other action", put("k"), "default"],
    [
      "an action is none that only begins the same",
      { action: "s3:GetObjectVersion", key: "k" },
      "default",
    ],
  ]),
  ...decisions(ACTION, doing("S3:getobject"), [
    ["neither the service nor the action has a case", get("k"), "allow"],
  ]),
  ...decisions(ACTION, doing(["s3:GetObject", "s3:PutObject"]), [
    ["of several actions the first may be done", get("k"), "allow"],
    ["of several actions the last may be done", put("k"), "allow"],
    ["what is none of several actions may not be done", REMOVE, "default"],
  ]),
  ...decisions(ACTION, doing("s3:*"), [
    ["an asterisk is every action of the service", { action: "s3:PutBucketPolicy" }, "allow"],
  ]),
  ...decisions(S3_ACTIONS, doing("*"), [
    ["a bare asterisk is every action", REMOVE, "allow"],
  ]),
  ...decisions(ACTION, doing("s3:*Object*"), [
    [
      "an asterisk may be on both sides of a word",
      { action: "s3:GetObjectAcl", key: "k" },
      "allow",
    ],
    ["a word between asterisks has to be there", list(), "default"],
  ]),
  ...decisions(ACTION, doing("s3:?etObject"), [
    ["a question mark is one character of an action", get("k"), "allow"],
    ["a question mark is not several", REMOVE, "default"],
  ]),
  ...decisions(ACTION, doing(["s3:Get*", "s3:List*"]), [
    ["an action may begin with one of several words", list(), "allow"],
    ["an action that begins otherwise is not meant", put("k"), "default"],
  ]),
  ...decisions(
    EVALUATION,
    policy(
      allow({ Action: ["s3:Get*", "s3:List*"] }),
      deny({ Action: "s3:*Acl" }),
    ),
    [
      ["actions that begin so are allowed", get("k"), "allow"],
      [
        "actions that end so are denied, though they begin so",
        { action: "s3:GetBucketAcl" },
        "deny",
      ],
      ["actions that end so are denied, though nothing allows them", {
        action: "s3:PutObjectAcl",
        key: "k",
      }, "deny"],
      ["actions that do neither are denied by nobody and allowed by nobody", put("k"), "default"],
    ],
  ),
  ...decisions(NOT_ACTION, policy(allBut("Allow", "s3:DeleteBucket")), [
    ["all but one action may be allowed", get("k"), "allow"],
    [
      "all but one action may be allowed on the bucket too",
      { action: "s3:PutBucketPolicy" },
      "allow",
    ],
    ["that one is not", { action: "s3:DeleteBucket" }, "default"],
  ]),
  ...decisions(
    NOT_ACTION,
    policy(allBut("Allow", ["s3:Delete*", "s3:Put*"], { Resource: OBJECTS })),
    [
      ["what matches none of several patterns is allowed", get("k"), "allow"],
      ["what matches one of several patterns is not", REMOVE, "default"],
      ["the resource keeps what is allowed within bounds", list(), "default"],
    ],
  ),
  ...decisions(
    NOT_ACTION,
    policy(allBut("Deny", "s3:Get*", {
      Condition: { BoolIfExists: { "aws:MultiFactorAuthPresent": "false" } },
    })),
    [
      ["all but some actions may be denied", put("k"), "deny"],
      ["those that are left out of a Deny are not allowed by it", get("k"), "default"],
    ],
  ),
  ...decisions(
    S3_ACTIONS,
    policy(
      allow({ Action: ["s3:GetObjectVersion", "s3:GetBucketAcl"] }),
      deny({
        Action: ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:PutLifecycleConfiguration"],
      }),
    ),
    [
      ["the bucket's ACL may be read", { action: "s3:GetBucketAcl" }, "allow"],
      ["an object may not be deleted", REMOVE, "deny"],
      ["a version may not be deleted", { action: "s3:DeleteObjectVersion", key: "k" }, "deny"],
      ["nor may a lifecycle delete them", { action: "s3:PutLifecycleConfiguration" }, "deny"],
      ["leave to read a version is none to read the object", get("k"), "default"],
    ],
  ),
  ...decisions(MULTIPART, policy(allow({ Action: "s3:PutObject", Resource: OBJECTS })), [
    [
      "who may put may begin an upload",
      put("k", {}, { query: { uploads: "" }, createsObject: false }),
      "allow",
    ],
    [
      "who may put may send a part",
      put("k", {}, { query: { partNumber: "1", uploadId: "u" }, createsObject: false }),
      "allow",
    ],
    ["who may put may complete an upload", put("k", {}, { query: { uploadId: "u" } }), "allow"],
    ["who may put may not abort an upload by that alone", {
      action: "s3:AbortMultipartUpload",
      key: "k",
    }, "default"],
    ["who may put may not list its parts by that alone", {
      action: "s3:ListMultipartUploadParts",
      key: "k",
    }, "default"],
    [
      "who may put may not list uploads by that alone",
      { action: "s3:ListBucketMultipartUploads" },
      "default",
    ],
  ]),
  ...decisions(
    MULTIPART,
    policy(
      allow({
        Action: ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
        Resource: OBJECTS,
      }),
      allow({ Action: "s3:ListBucketMultipartUploads", Resource: BUCKET }),
    ),
    [
      ["aborting an upload is an action on the object", {
        action: "s3:AbortMultipartUpload",
        key: "k",
      }, "allow"],
      ["listing parts is an action on the object", {
        action: "s3:ListMultipartUploadParts",
        key: "k",
      }, "allow"],
      [
        "listing uploads is an action on the bucket",
        { action: "s3:ListBucketMultipartUploads" },
        "allow",
      ],
      ["none of them lets one put", put("k"), "default"],
    ],
  ),
];
