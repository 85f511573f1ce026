import type { Circumstances } from "../policy/request.ts";
import { S3Error } from "./errors.ts";
import type { S3Request } from "./operation.ts";

/** Conditions on what is in the key's place; most operations do not obey them. */
const CONDITIONAL: ReadonlySet<string> = new Set(["if-match", "if-none-match"]);

/** Most characters of what a condition is held against: a pattern costs its length times theirs. */
const LONGEST_VALUE = 2_048;

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
  return {
    receivedAt: request.receivedAt,
    sourceIp: request.client.address,
    secureTransport: request.client.isSecure,
    signature: request.signature,
    createsObject: creates === undefined ? undefined : creates === "object",
    header(name) {
      if (CONDITIONAL.has(name) && !conditional) return undefined;
      const value = form?.headers.get(name) ?? headers.get(name) ?? undefined;
      return bounded(value, "RequestHeaderSectionTooLarge");
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
  return {
    ...all,
    header: (name) => name === "if-match" ? ifMatch : all.header(name),
  };
}

function bounded(
  value: string | undefined,
  code: "InvalidArgument" | "RequestHeaderSectionTooLarge",
): string | undefined {
  if (value === undefined || value.length <= LONGEST_VALUE) return value;
  throw new S3Error(code);
}
