/**
 * A browser form as S3 understands it: its fields are what headers are elsewhere.
 * Source: "Creating an HTML form (using AWS Signature Version 4)" in the Amazon S3 API reference.
 *
 * @module
 */
import type { ContentLengthRange } from "../sigv4/post_form.ts";
import { S3Error } from "./errors.ts";
import type { FormBody } from "./form_body.ts";
import { headerValue } from "./header_value.ts";
import { demandObjectKey } from "./object_key.ts";

/** A form, and its file still to be read. */
export interface PostForm {
  /** Names in lower case; `${filename}` has been replaced. */
  readonly fields: ReadonlyMap<string, string>;
  readonly key: string;
  /** The fields that would be headers of a PutObject. */
  readonly headers: Headers;
  readonly file: AsyncIterable<Uint8Array>;
  /** What the policy allows the file's length to be, in bytes. */
  readonly contentLengthRange?: ContentLengthRange;
}

/** The fields that are called otherwise than the header. */
const HEADER_OF: ReadonlyMap<string, string> = new Map([
  ["acl", "x-amz-acl"],
  ["tagging", "x-amz-tagging"],
]);

const KEPT = ["cache-control", "content-disposition", "content-encoding", "content-language"];
const OTHERS = ["content-md5", "content-type", "expires"];
const HEADER_FIELDS: ReadonlySet<string> = new Set([...KEPT, ...OTHERS]);

const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

/**
 * Reads the fields of a form.
 *
 * @param fields as {@link fieldsWithFileName} gives them
 * @throws {S3Error} `InvalidArgument`, `UserKeyMustBeSpecified`, `InvalidURI`, `KeyTooLongError`
 */
export function parsePostForm(
  fields: ReadonlyMap<string, string>,
  file: AsyncIterable<Uint8Array>,
  contentLengthRange?: ContentLengthRange,
): PostForm {
  return { fields, key: keyField(fields), headers: headerFields(fields), file, contentLengthRange };
}

/** Replaces `${filename}` wherever a field uses it. */
export function fieldsWithFileName(
  { fields, fileName }: Pick<FormBody, "fields" | "fileName">,
): ReadonlyMap<string, string> {
  return new Map(
    [...fields].map(([name, value]) => [name, value.replaceAll("${filename}", () => fileName)]),
  );
}

function keyField(fields: ReadonlyMap<string, string>): string {
  const key = fields.get("key");
  if (key === undefined) {
    throw new S3Error(
      "InvalidArgument",
      "Bucket POST must contain a field named 'key'.  If it is specified, please check the order " +
        "of the fields.",
      { detail: { ArgumentName: "key", ArgumentValue: "" } },
    );
  }
  if (key === "") throw new S3Error("UserKeyMustBeSpecified");
  return demandObjectKey(key);
}

function headerFields(fields: ReadonlyMap<string, string>): Headers {
  const headers = new Headers();
  for (const [field, value] of fields) {
    const name = HEADER_OF.get(field) ?? field;
    if (!HEADER_FIELDS.has(name) && !name.startsWith("x-amz-")) continue;
    if (!HEADER_NAME.test(name)) {
      throw new S3Error("InvalidArgument", "A field has a name that no header can have.");
    }
    headers.set(name, headerValue(name, value));
  }
  return headers;
}
