import { allow, type AwsCase, decisions, deny, get, OBJECTS, policy, put } from "./aws_case.ts";
import { SIGNATURES } from "./pages.ts";

/** A read by a presigned URL of that many milliseconds. */
function presigned(age: number) {
  return get("k", { signature: { type: "REST-QUERY-STRING", age } });
}

/** An upload by a form. */
function form(age = 0) {
  return put("k", {}, { signature: { type: "POST", age } });
}

const STRANGER = get("k", { as: "anonymous" });

/** "Amazon S3 Signature Version 4 Authentication Specific Policy Keys". */
export const SIGNATURE_KEYS: readonly AwsCase[] = [
  ...decisions(
    SIGNATURES,
    policy(
      deny({
        Resource: OBJECTS,
        Condition: { NumericGreaterThan: { "s3:signatureAge": 600_000 } },
      }),
    ),
    [
      ["a presigned URL older than ten minutes is denied", presigned(600_001), "deny"],
      ["a presigned URL of ten minutes is not", presigned(600_000), "default"],
      ["a presigned URL that is new is not", presigned(0), "default"],
      ["a form older than ten minutes is denied", form(700_000), "deny"],
      ["what is not signed has no age", STRANGER, "default"],
    ],
  ),
  ...decisions(
    SIGNATURES,
    policy(
      allow({
        Action: "s3:GetObject",
        Condition: { NumericLessThanEquals: { "s3:signatureAge": "100" } },
      }),
    ),
    [
      ["a signature may be asked to be young", presigned(99), "allow"],
      ["a signature that is older is not let in", presigned(101), "default"],
    ],
  ),
  ...decisions(
    SIGNATURES,
    policy(
      deny({ Resource: OBJECTS, Condition: { StringNotEquals: { "s3:authType": "REST-HEADER" } } }),
    ),
    [
      ["what is signed in a header is not denied", get("k"), "default"],
      ["a presigned URL is denied", presigned(0), "deny"],
      ["a form is denied", form(), "deny"],
      ["what is not signed is denied, as its key is absent", STRANGER, "deny"],
    ],
  ),
  ...decisions(
    SIGNATURES,
    policy(
      allow({ Condition: { StringEquals: { "s3:authType": ["REST-QUERY-STRING", "POST"] } } }),
    ),
    [
      ["presigned URLs may be let in alone", presigned(0), "allow"],
      ["forms may be let in beside them", form(), "allow"],
      ["what is signed in a header is not among them", get("k"), "default"],
      ["nor is what is not signed", STRANGER, "default"],
    ],
  ),
  ...decisions(
    SIGNATURES,
    policy(allow({ Condition: { StringEquals: { "s3:signatureversion": "AWS4-HMAC-SHA256" } } })),
    [
      ["version 4 of the signature has that name, in a header", get("k"), "allow"],
      ["version 4 of the signature has that name, in a URL", presigned(0), "allow"],
      ["what is not signed has no version", STRANGER, "default"],
    ],
  ),
  ...decisions(
    SIGNATURES,
    policy(deny({ Condition: { StringEquals: { "s3:signatureversion": "AWS" } } })),
    [["version 4 of the signature is not version 2", get("k"), "default"]],
  ),
  ...decisions(
    SIGNATURES,
    policy(deny({
      Action: "s3:PutObject",
      Resource: OBJECTS,
      Condition: { StringEquals: { "s3:x-amz-content-sha256": "UNSIGNED-PAYLOAD" } },
    })),
    [
      [
        "an upload whose payload is not signed is denied",
        put("k", { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" }),
        "deny",
      ],
      [
        "an upload whose payload is signed is not",
        put("k", {
          "x-amz-content-sha256":
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        }),
        "default",
      ],
      [
        "an upload in signed chunks is not",
        put("k", { "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" }),
        "default",
      ],
      [
        "a read is no upload",
        get("k", { headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" } }),
        "default",
      ],
    ],
  ),
];
