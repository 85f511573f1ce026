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
import { EVALUATION, NOT_RESOURCE, RESOURCE, S3_RESOURCES, USER_EXAMPLES } from "./pages.ts";

/** A document that lets everybody at that. */
function at(resource: unknown): object {
  return policy(allow({ Resource: resource }));
}

/** A statement about all resources but those. */
function allBut(effect: "Allow" | "Deny", resource: unknown): object {
  return { Effect: effect, Principal: "*", Action: "s3:*", NotResource: resource };
}

/** "IAM JSON policy elements: Resource", "NotResource" and "Policy resources for Amazon S3". */
export const RESOURCES: readonly AwsCase[] = [
  ...decisions(RESOURCE, at(OBJECTS), [
    ["an asterisk behind the slash is every object", get("k"), "allow"],
    ["an asterisk is not stopped by a slash", get("a/b/c"), "allow"],
    ["every object is not the bucket", list(), "default"],
    ["every object of a bucket is none of another", get("k", { bucket: "bucket2" }), "default"],
  ]),
  ...decisions(RESOURCE, at(BUCKET), [
    ["the bucket is the bucket", list(), "allow"],
    ["the bucket is none of its objects", get("k"), "default"],
  ]),
  ...decisions(S3_RESOURCES, at(`${BUCKET}/developers/design_info.doc`), [
    ["an object is that object", get("developers/design_info.doc"), "allow"],
    ["an object is no other", get("developers/design_info.docx"), "default"],
    ["an object's key has its capitals", get("Developers/design_info.doc"), "default"],
  ]),
  ...decisions(S3_RESOURCES, at("arn:aws:s3:::*"), [
    ["an asterisk alone is every bucket", list(), "allow"],
    ["an asterisk alone is every object", get("a/b"), "allow"],
  ]),
  ...decisions(S3_RESOURCES, at("*"), [
    ["without an ARN an asterisk is everything", get("a/b"), "allow"],
  ]),
  ...decisions(S3_RESOURCES, at("arn:aws:s3:::example?bucket/*"), [
    [
      "a question mark may be in the bucket's name",
      get("k", { bucket: "example1bucket" }),
      "allow",
    ],
    ["a question mark is not nothing", get("k", { bucket: "examplebucket" }), "default"],
    ["a question mark is not two characters", get("k", { bucket: "example12bucket" }), "default"],
  ]),
  ...decisions(S3_RESOURCES, at(`${BUCKET}/log*`), [
    ["an asterisk is no character too", get("log"), "allow"],
    ["an asterisk is many characters", get("logs/2026/01"), "allow"],
    ["what is before an asterisk has to be there", get("lo"), "default"],
  ]),
  ...decisions(RESOURCE, at(`${BUCKET}/??/*.csv`), [
    ["several wildcards may be in one resource", get("de/2026.csv"), "allow"],
    ["all of several wildcards have to fit", get("deu/2026.csv"), "default"],
  ]),
  ...decisions(RESOURCE, at([`${BUCKET}/books/*`, `${BUCKET}/magazines/*`]), [
    ["of several resources the first is meant", get("books/1"), "allow"],
    ["of several resources the last is meant", get("magazines/1"), "allow"],
    ["what is none of several resources is not", get("papers/1"), "default"],
  ]),
  ...decisions(USER_EXAMPLES, at(`${BUCKET}/Alice/*`), [
    ["a folder has its objects", put("Alice/k"), "allow"],
    ["a folder does not have those of another", put("Bob/k"), "default"],
    ["a folder without its slash is not the folder", put("Alice"), "default"],
  ]),
  ...decisions(
    EVALUATION,
    policy(
      allow({ Resource: ["arn:aws:s3:::carlos", "arn:aws:s3:::carlos/*"] }),
      deny({ Resource: "arn:aws:s3:::*log*" }),
    ),
    [
      ["the own bucket may be written", put("k", {}, { bucket: "carlos" }), "allow"],
      ["a bucket that is named for logs may not", put("k", {}, { bucket: "carlos-logs" }), "deny"],
      ["nor may it be listed", { ...list(), bucket: "carlos-logs" }, "deny"],
      ["another bucket is neither", put("k", {}, { bucket: "other" }), "default"],
    ],
  ),
  ...decisions(NOT_RESOURCE, policy(allBut("Deny", [`${BUCKET}/Payroll`, `${BUCKET}/Payroll/*`])), [
    ["all but a folder may be denied, another object is", get("Plans/k"), "deny"],
    ["all but a folder may be denied, the bucket is", list(), "deny"],
    [
      "all but a folder may be denied, another bucket is",
      get("Payroll/k", { bucket: "other" }),
      "deny",
    ],
    ["what is in the folder is not denied, and not allowed by that", get("Payroll/k"), "default"],
    ["the folder's own key is not denied", get("Payroll"), "default"],
  ]),
  ...decisions(
    NOT_RESOURCE,
    policy(allow(), allBut("Deny", [`${BUCKET}/Payroll`, `${BUCKET}/Payroll/*`])),
    [["another statement allows what is left out of a Deny", get("Payroll/k"), "allow"]],
  ),
  ...decisions(NOT_RESOURCE, policy(allBut("Allow", `${BUCKET}/secret/*`)), [
    ["all but a folder may be allowed", get("k"), "allow"],
    ["all but a folder may be allowed, and the folder is not", get("secret/k"), "default"],
  ]),
  ...decisions(
    USER_EXAMPLES,
    policy(
      allow({ Action: "s3:PutObject", Resource: `${BUCKET}/uploads/widgetco/*` }),
      allBut("Deny", `${BUCKET}/uploads/widgetco/*`),
    ),
    [
      ["a partner may drop files where it is told", put("uploads/widgetco/k"), "allow"],
      ["a partner may not read them there", get("uploads/widgetco/k"), "default"],
      ["a partner may not drop files elsewhere", put("uploads/other/k"), "deny"],
      ["a partner may not list the bucket", list(), "deny"],
    ],
  ),
];
