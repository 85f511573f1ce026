import type { Condition } from "../document.ts";
import type { Rule } from "./rule.ts";

/**
 * `s3:x-amz-copy-source-if-none-match` in place of `s3:if-none-match`: the header of that name is a
 * condition on the source of a copy, and no condition key of S3. A policy with it protects nothing.
 */
export const copySourcePrecondition: Rule = {
  name: "copy-source-precondition",
  severity: "error",
  check: ({ statements }) =>
    statements.flatMap(({ conditions }) =>
      conditions.flatMap(({ path, key }) => {
        const right = rightKey(key);
        return right === undefined ? [] : [{ path, message: misuse(key, right) }];
      })
    ),
};

/** The key that is meant by one of a copy's source; `undefined` for any other key. */
export function rightKey(key: Condition["key"]): string | undefined {
  const [, header] = /^s3:x-amz-copy-source-(if-[a-z-]+)$/i.exec(key) ?? [];
  return header === undefined ? undefined : RIGHT_KEYS[header.toLowerCase()] ?? "s3:if-none-match";
}

const RIGHT_KEYS: Readonly<Record<string, string>> = {
  "if-match": "s3:if-match",
  "if-none-match": "s3:if-none-match",
};

function misuse(key: string, right: string): string {
  return `${key} is about the source of a copy and protects nothing from being overwritten; deny ` +
    `s3:PutObject with {"Null": {"${right}": "true"}, "Bool": {"s3:ObjectCreationOperation": "true"}}`;
}
