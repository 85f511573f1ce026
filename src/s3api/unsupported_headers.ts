/**
 * Headers that ask for what is not there. Passing over one would look like success.
 *
 * @module
 */
import type { S3ErrorCode } from "./error_codes.ts";
import { S3Error } from "./errors.ts";
import type { Operation } from "./operation.ts";

interface HeaderRule {
  readonly name: string;
  /** Values, in lower case, that change nothing here and are therefore fine. */
  readonly harmless: readonly string[];
  /** `NotImplemented` unless S3 itself has a code for a bucket that cannot do it. */
  readonly code?: S3ErrorCode;
}

/** Every object belongs to its bucket's owner, and to nobody else. */
const OWNERS_ACLS = ["", "private", "bucket-owner-full-control", "bucket-owner-read"];

const ACL_CODE = "AccessControlListNotSupported";

const RULES: readonly HeaderRule[] = [
  { name: "x-amz-acl", harmless: OWNERS_ACLS, code: ACL_CODE },
  { name: "x-amz-grant-full-control", harmless: [], code: ACL_CODE },
  { name: "x-amz-grant-read", harmless: [], code: ACL_CODE },
  { name: "x-amz-grant-read-acp", harmless: [], code: ACL_CODE },
  { name: "x-amz-grant-write", harmless: [], code: ACL_CODE },
  { name: "x-amz-grant-write-acp", harmless: [], code: ACL_CODE },
  { name: "x-amz-bucket-namespace", harmless: ["", "global"] },
  { name: "x-amz-bucket-object-lock-enabled", harmless: ["", "false"] },
  { name: "x-amz-object-ownership", harmless: ["", "bucketownerenforced"] },
  { name: "x-amz-expected-bucket-owner", harmless: [] },
  { name: "x-amz-source-expected-bucket-owner", harmless: [] },
  { name: "x-amz-if-match-initiated-time", harmless: [] },
  { name: "x-amz-if-match-last-modified-time", harmless: [] },
  { name: "x-amz-if-match-size", harmless: [] },
  { name: "x-amz-mfa", harmless: [] },
  { name: "x-amz-object-lock-legal-hold", harmless: ["", "off"] },
  { name: "x-amz-object-lock-mode", harmless: [] },
  { name: "x-amz-object-lock-retain-until-date", harmless: [] },
  // Objects are stored as they come: to claim that they were encrypted would not be true.
  { name: "x-amz-server-side-encryption", harmless: [] },
  { name: "x-amz-server-side-encryption-aws-kms-key-id", harmless: [] },
  { name: "x-amz-server-side-encryption-bucket-key-enabled", harmless: ["", "false"] },
  { name: "x-amz-server-side-encryption-context", harmless: [] },
  { name: "x-amz-server-side-encryption-customer-algorithm", harmless: [] },
  { name: "x-amz-server-side-encryption-customer-key", harmless: [] },
  { name: "x-amz-copy-source-server-side-encryption-customer-algorithm", harmless: [] },
  { name: "x-amz-copy-source-server-side-encryption-customer-key", harmless: [] },
  { name: "x-amz-tagging", harmless: [""] },
  { name: "x-amz-write-offset-bytes", harmless: [] },
];

const RULE_OF: ReadonlyMap<string, HeaderRule> = new Map(RULES.map((rule) => [rule.name, rule]));

/** Those that also matter to an operation that only reads. */
const READ_RULE_OF: ReadonlyMap<string, HeaderRule> = new Map(
  [...RULE_OF].filter(([name]) =>
    name === "x-amz-expected-bucket-owner" || name.includes("-customer-")
  ),
);

/**
 * Refuses a request whose headers ask for what is not there.
 *
 * @throws {S3Error} `NotImplemented` with the operation's name and the header, or S3's own code
 */
export function demandSupportedHeaders(
  { name: operation, method }: Pick<Operation, "name" | "method">,
  headers: Headers,
): void {
  const rules = method === "GET" || method === "HEAD" ? READ_RULE_OF : RULE_OF;
  // Going through the headers that are there costs a fraction of asking for each that could be.
  headers.forEach((value, name) => {
    const rule = rules.get(name);
    if (rule === undefined || rule.harmless.includes(value.trim().toLowerCase())) return;
    if (rule.code !== undefined) throw new S3Error(rule.code);
    throw new S3Error("NotImplemented", `${operation} with ${name} is not implemented.`, {
      detail: { Header: name },
    });
  });
}
