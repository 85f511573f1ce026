import type { RequestSketch } from "../policy_request.ts";
import type { AwsPage } from "./pages.ts";

/** What AWS's documentation says of one request, or of one document. */
export interface AwsCase {
  /** As a sentence. */
  readonly says: string;
  /** The page that says so. */
  readonly page: AwsPage;
  /** A page that says otherwise: an older one, or one that only sums up the other. */
  readonly otherwise?: AwsPage;
  /** The document, or its text where it is no JSON. */
  readonly policy: unknown;
  /** A request; `undefined` where the document is refused. */
  readonly request?: RequestSketch;
  /** `default`: no statement applies. `malformed`: the document is not stored. */
  readonly expected: Outcome | "malformed";
}

/** What a policy says of a request. */
export type Outcome = "allow" | "deny" | "default";

/** One row of a table: what happens, to which request, with what outcome. */
export type Row = readonly [says: string, request: RequestSketch, expected: Outcome];

/** Every policy here is that of the bucket `bucket`, if it does not say otherwise. */
export const BUCKET = "arn:aws:s3:::bucket";

/** All that is in {@link BUCKET}. */
export const OBJECTS = `${BUCKET}/*`;

/** What a policy decides about several requests. */
export function decisions(
  page: AwsPage,
  policy: unknown,
  rows: readonly Row[],
  otherwise?: AwsPage,
): readonly AwsCase[] {
  return rows.map(([says, request, expected]) => ({
    says,
    page,
    otherwise,
    policy,
    request,
    expected,
  }));
}

/** Documents that are not stored. */
export function refusals(
  page: AwsPage,
  rows: readonly (readonly [says: string, policy: unknown])[],
): readonly AwsCase[] {
  return rows.map(([says, policy]) => ({ says, page, policy, expected: "malformed" }));
}

/** A document of those statements. */
export function policy(...statements: readonly object[]): object {
  return { Version: "2012-10-17", Statement: statements };
}

/** A statement that lets everybody do everything with {@link BUCKET}, but for what `more` says. */
export function allow(more: object = {}): object {
  return { ...OVER_ALL, Effect: "Allow", ...more };
}

/** A statement that keeps everybody from everything in {@link BUCKET}, but for what `more` says. */
export function deny(more: object = {}): object {
  return { ...OVER_ALL, Effect: "Deny", ...more };
}

/** A document that lets everybody in where that condition holds. */
export function allowWhen(condition: object): object {
  return policy(allow({ Condition: condition }));
}

/** A document that keeps everybody out where that condition holds, and lets nobody in. */
export function denyWhen(condition: object): object {
  return policy(deny({ Condition: condition }));
}

/** ARN of a user. */
export function user(name: string, account = "111122223333"): string {
  return `arn:aws:iam::${account}:user/${name}`;
}

/** A listing that asks for that. */
export function list(query: Readonly<Record<string, string>> = {}): RequestSketch {
  return { action: "s3:ListBucket", query };
}

/** A read of that key. */
export function get(key: string, more: Partial<RequestSketch> = {}): RequestSketch {
  return { action: "s3:GetObject", key, ...more };
}

/** A write of that key. */
export function put(
  key: string,
  headers: Readonly<Record<string, string>> = {},
  more: Partial<RequestSketch> = {},
): RequestSketch {
  return { action: "s3:PutObject", key, headers, ...more };
}

const OVER_ALL = { Principal: "*", Action: "s3:*", Resource: [BUCKET, OBJECTS] };
