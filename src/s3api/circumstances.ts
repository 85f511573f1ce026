import type { Circumstances } from "../policy/request.ts";
import { S3Error } from "./errors.ts";
import type { S3Request } from "./operation.ts";

/** Conditions on what is in the key's place; most operations do not obey them. */
const CONDITIONAL: ReadonlySet<string> = new Set(["if-match", "if-none-match"]);

/** What only a copy obeys. */
const OF_A_COPY = /^x-amz-(?:copy-source|metadata-directive)/;

/** Most characters of what a condition is held against: a pattern costs its length times theirs. */
const LONGEST_VALUE = 2_048;

/** A bucket and a key, each byte of them encoded. */
const LONGEST_COPY_SOURCE = 3 * (63 + 1_024) + 64;

/** The part of a request that the conditions of a policy are about. */
export type CircumstancesSource = Pick<
  S3Request,
  "operation" | "form" | "headers" | "query" | "receivedAt" | "client" | "signature"
>;

/**
 * What the conditions of a policy are told of a request. They see a header only where the operation
 * obeys it: a write that says `If-None-Match` to an operation that overwrites all the same must not
 * pass for a conditional one.
 *
 * What is asked for throws {@link S3Error} `RequestHeaderSectionTooLarge` or `InvalidArgument` where
 * it is longer than any condition could want.
 */
export function circumstancesOf(request: CircumstancesSource): Circumstances {
  const { operation, form, headers, query } = request;
  const { creates, conditional = false } = operation;
  const copies = operation.headers?.includes("x-amz-copy-source") === true;
  const obeys = (name: string) =>
    CONDITIONAL.has(name) ? conditional : copies || !OF_A_COPY.test(name);
  return {
    receivedAt: request.receivedAt,
    sourceIp: request.client.address,
    secureTransport: request.client.isSecure,
    signature: request.signature,
    createsObject: creates === undefined ? undefined : creates === "object",
    header(name) {
      if (!obeys(name)) return undefined;
      // A form has fields in place of S3's headers, and does not obey those that come beside it.
      const source = form !== undefined && name.startsWith("x-amz-") ? form.headers : headers;
      const most = name === "x-amz-copy-source" ? LONGEST_COPY_SOURCE : LONGEST_VALUE;
      return bounded(source.get(name) ?? undefined, "RequestHeaderSectionTooLarge", most);
    },
    query: (name) => bounded(query.get(name), "InvalidArgument"),
  };
}

/** As {@link circumstancesOf}, for one of the keys that DeleteObjects names. */
export function circumstancesOfEntry(
  request: S3Request,
  ifMatch: string | undefined,
): Circumstances {
  const all = circumstancesOf(request);
  const condition = bounded(ifMatch, "InvalidArgument");
  return {
    ...all,
    header: (name) => name === "if-match" ? condition : all.header(name),
  };
}

function bounded(
  value: string | undefined,
  code: "InvalidArgument" | "RequestHeaderSectionTooLarge",
  most = LONGEST_VALUE,
): string | undefined {
  if (value === undefined || value.length <= most) return value;
  throw new S3Error(code, `The bucket's policy asks for a value that is longer than ${most}.`);
}
