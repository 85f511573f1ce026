import { Buffer } from "node:buffer";
import { S3Error } from "./errors.ts";

// deno-lint-ignore no-control-regex -- control characters are exactly what a header cannot carry
const FORBIDDEN = /[\u0000-\u0008\u000a-\u001f\u007f]/;

const ASCII = /^[\t\x20-\x7e]*$/;

/**
 * A text as the value of a header. `Headers` takes one character per byte, so text beyond ASCII
 * becomes the bytes of its UTF-8, which is how S3's clients send such values themselves.
 *
 * @throws {S3Error} `InvalidArgument` for text that no header can carry
 */
export function headerValue(name: string, text: string): string {
  if (ASCII.test(text)) return text;
  if (FORBIDDEN.test(text)) {
    throw new S3Error("InvalidArgument", "A header value contains a control character.", {
      detail: { ArgumentName: name },
    });
  }
  return Buffer.from(text, "utf8").toString("latin1");
}
