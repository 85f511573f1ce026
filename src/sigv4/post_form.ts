/**
 * Signatures in browser forms: the policy in a form is signed, and the form must keep to it.
 * Source: "Authenticating Requests: Browser-Based Uploads Using POST (AWS Signature Version 4)".
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { ALGORITHM, parseTimestamp } from "./canonical_request.ts";
import { checkSignature } from "./check_signature.ts";
import { parseCredential } from "./credential.ts";
import { type ContentLengthRange, parsePostPolicy, type PolicyCondition } from "./post_policy.ts";
import { SignatureError } from "./signature_error.ts";
import type { Verifier } from "./wire_request.ts";

export type { ContentLengthRange } from "./post_policy.ts";

/** A form whose signature holds and which keeps to its policy. */
export interface VerifiedForm {
  readonly accessKeyId: string;
  readonly signedAt: Date;
  /** What the file's length must be in; the caller sees to it. */
  readonly contentLengthRange?: ContentLengthRange;
}

/**
 * Verifies the signature, the expiry and the conditions of a form.
 *
 * @param fields all fields before the file, with `${filename}` already replaced: S3 holds the
 * policy against what is meant. Names in any case.
 * @param options.bucket the bucket that the form was sent to, for conditions on `bucket`
 * @returns `undefined` for a form that carries neither a policy nor a signature: it is anonymous
 * @throws {SignatureError} `InvalidArgument` (a field is missing or malformed), `InvalidRequest`
 * (Signature Version 2), `InvalidAccessKeyId`, `SignatureDoesNotMatch`, `InvalidPolicyDocument`,
 * `AccessDenied` (expired, a condition fails, or a field that no condition names)
 */
export function verifyPostPolicy(
  fields: ReadonlyMap<string, string>,
  options: Verifier & { readonly bucket: string },
): VerifiedForm | undefined {
  const form = new Map([...fields].map(([name, value]) => [name.toLowerCase(), value]));
  if (form.has("awsaccesskeyid") || form.has("signature")) throw unsupportedMechanism();
  if (!form.has("policy") && !form.has("x-amz-signature")) return undefined;
  const policy = requiredField(form, "policy");
  const signer = verifyFormSignature(form, policy, options);
  const { expiration, conditions, contentLengthRange } = parsePostPolicy(decodeBase64(policy));
  if (expiration <= options.now) throw denied("Policy expired.");
  form.set("bucket", options.bucket);
  requireConditions(form, conditions);
  return { ...signer, contentLengthRange };
}

function verifyFormSignature(
  form: ReadonlyMap<string, string>,
  policy: string,
  verifier: Verifier,
): Pick<VerifiedForm, "accessKeyId" | "signedAt"> {
  if (requiredField(form, "x-amz-algorithm") !== ALGORITHM) throw unsupportedMechanism();
  const credentialField = requiredField(form, "x-amz-credential");
  const timestamp = requiredField(form, "x-amz-date");
  const signature = requiredField(form, "x-amz-signature");
  const parsed = parseCredential(credentialField, verifier.region);
  if ("fault" in parsed) {
    throw badField("x-amz-credential", credentialField, parsed.fault.message);
  }
  const { credential } = parsed;
  const signedAt = parseTimestamp(timestamp);
  if (signedAt === undefined || !timestamp.startsWith(credential.date)) {
    throw badField(
      "x-amz-date",
      timestamp,
      `Invalid credential date "${credential.date}". This date is not the same as X-Amz-Date: ` +
        `"${timestamp}".`,
    );
  }
  checkSignature({ ...credential, signature }, verifier, { stringToSign: policy });
  return { accessKeyId: credential.accessKeyId, signedAt };
}

/** Fields that need no condition. */
const EXEMPT = new Set(["file", "policy", "x-amz-signature"]);

function requireConditions(
  form: ReadonlyMap<string, string>,
  conditions: readonly PolicyCondition[],
): void {
  for (const condition of conditions) {
    if (!holds(condition, form.get(condition.field) ?? "")) {
      throw denied(`Policy Condition failed: ${condition.text}`);
    }
  }
  const named = new Set(conditions.map(({ field }) => field));
  const extra = [...form.keys()].filter((name) =>
    !named.has(name) && !EXEMPT.has(name) && !name.startsWith("x-ignore-")
  );
  if (extra.length > 0) throw denied(`Extra input fields: ${extra.join(", ")}`);
}

function holds({ operator, field, value }: PolicyCondition, actual: string): boolean {
  if (operator === "eq") return actual === value;
  // A browser may send several content types in one field; each of them must be allowed.
  const values = field === "content-type" ? actual.split(",").map((one) => one.trim()) : [actual];
  return values.every((one) => one.startsWith(value));
}

function decodeBase64(text: string): string {
  const bytes = Buffer.from(text, "base64");
  if (withoutPadding(bytes.toString("base64")) !== withoutPadding(text.replace(/\s/g, ""))) {
    throw new SignatureError(
      "InvalidPolicyDocument",
      "Invalid Policy: invalid Base64 encoding.",
    );
  }
  return bytes.toString("utf8");
}

function withoutPadding(base64: string): string {
  return base64.replace(/={1,2}$/, "");
}

function requiredField(form: ReadonlyMap<string, string>, name: string): string {
  const value = form.get(name);
  if (value !== undefined && value !== "") return value;
  throw badField(
    name,
    "",
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the ` +
      "order of the fields.",
  );
}

function badField(name: string, value: string, message: string): SignatureError {
  return new SignatureError("InvalidArgument", message, {
    ArgumentName: name,
    ArgumentValue: value,
  });
}

function unsupportedMechanism(): SignatureError {
  return new SignatureError(
    "InvalidRequest",
    `The authorization mechanism you have provided is not supported. Please use ${ALGORITHM}.`,
  );
}

function denied(message: string): SignatureError {
  return new SignatureError("AccessDenied", `Invalid according to Policy: ${message}`);
}
