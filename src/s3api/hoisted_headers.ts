import { CHECKSUM_ALGORITHMS } from "../digest/checksum.ts";
import { checksumHeader } from "./checksum_fields.ts";
import { S3Error } from "./errors.ts";
import { headerValue } from "./header_value.ts";

/** What a signature in the query is made of, which is no header of the request. */
const OF_THE_SIGNATURE: ReadonlySet<string> = new Set([
  "x-amz-algorithm",
  "x-amz-credential",
  "x-amz-date",
  "x-amz-expires",
  "x-amz-security-token",
  "x-amz-signature",
  "x-amz-signedheaders",
]);

/**
 * What an SDK's presigner says of a body that it does not have yet: JavaScript's signs the CRC32 of
 * no bytes into every PutObject. S3 lets whoever uses the URL send any body.
 * Source: "Download and upload objects with presigned URLs" in the Amazon S3 user guide, which
 * rules out checksums.
 */
const OF_NO_BODY: ReadonlySet<string> = new Set([
  ...CHECKSUM_ALGORITHMS.map(checksumHeader),
  "x-amz-sdk-checksum-algorithm",
]);

const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

/**
 * The headers of a request together with those that its query carries: whoever presigns a URL moves
 * `x-amz-*` headers there, so that its user need not send them. A header outweighs its double.
 *
 * @throws {S3Error} `InvalidArgument` for a parameter that no header can be
 */
export function withHoistedHeaders(
  headers: Headers,
  query: ReadonlyMap<string, string>,
): Headers {
  let all = headers;
  for (const [parameter, value] of query) {
    const name = parameter.toLowerCase();
    if (!name.startsWith("x-amz-") || OF_THE_SIGNATURE.has(name) || OF_NO_BODY.has(name)) continue;
    if (!HEADER_NAME.test(name)) {
      throw new S3Error("InvalidArgument", "A parameter has a name that no header can have.");
    }
    if (all.has(name)) continue;
    if (all === headers) all = new Headers(headers);
    all.set(name, headerValue(name, value));
  }
  return all;
}
