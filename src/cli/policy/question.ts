/**
 * What a policy is asked when a request comes: the same questions as the S3 API asks.
 *
 * @module
 */
import { ACTIONS } from "../../policy/actions.ts";
import { bucketArn, objectArn } from "../../policy/arn.ts";
import type { PolicyPrincipal, PolicyRequest } from "../../policy/request.ts";
import { NO_RULES } from "../../s3api/access_rules.ts";
import { circumstancesOf } from "../../s3api/circumstances.ts";
import { parseCopySource } from "../../s3api/copy_source.ts";
import { S3Error } from "../../s3api/errors.ts";
import type { Operation } from "../../s3api/operation.ts";
import { OPERATIONS } from "../../s3api/operations.ts";
import { recogniser } from "../../s3api/recognise.ts";
import { UsageError } from "../command.ts";
import type { TestRequest } from "./test_request.ts";

/** A request as the policy of its bucket sees it. */
export interface Question {
  /** Name of the operation, or the action where no operation has just that. */
  readonly operation: string;
  /** Each has to be allowed. */
  readonly requests: readonly PolicyRequest[];
  /** What is asked of the policy of another bucket: the action and the resource. */
  readonly elsewhere?: string;
}

/**
 * The questions that a request puts to the policy of its bucket.
 *
 * @param now when a request comes that does not say when
 * @throws {UsageError} for a request that is none
 */
export function questionOf(request: TestRequest, now: Date): Question {
  const operation = findOperation(request);
  demandTarget(operation, request);
  const circumstances = circumstancesOf({ ...sourceOf(request, now), operation });
  const ask = (action: string, { bucket, key }: Pick<TestRequest, "bucket" | "key">) => ({
    principal: principalOf(request),
    action,
    resource: key === "" ? bucketArn(bucket) : objectArn(bucket, key),
    circumstances,
  });
  const source = copySource(request, operation);
  const isHere = source?.bucket === request.bucket;
  return {
    operation: operation.name,
    requests: [
      ...[operation.action, ...operation.alsoNeeds ?? []].map((action) => ask(action, request)),
      ...(source !== undefined && isHere ? [ask("s3:GetObject", source)] : []),
    ],
    elsewhere: source !== undefined && !isHere
      ? `s3:GetObject on ${objectArn(source.bucket, source.key)}`
      : undefined,
  };
}

const recognise = recogniser(OPERATIONS);

const METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"]);

function findOperation(request: TestRequest): Operation {
  const name = request.operation;
  if (METHODS.has(name)) return demandUsable(() => recognise(recognisable(request)));
  const bare = name.startsWith("s3:") ? name.slice("s3:".length) : name;
  const found = OPERATIONS.find((each) => each.name.toLowerCase() === bare.toLowerCase());
  if (found !== undefined) return found;
  const action = [...ACTIONS.keys()].find((each) => each.toLowerCase() === name.toLowerCase());
  if (action !== undefined) return { name: action, action, method: "GET", on: placeOf(action) };
  throw new UsageError(`--request: there is no operation ${name}`);
}

function recognisable({ operation, bucket, key, query, headers }: TestRequest) {
  return {
    method: operation,
    bucket,
    key,
    query: new Map(Object.entries(query)),
    headers: new Headers(headers),
  };
}

/** S3's word for what is wrong with a request, as a fault of the command line. */
function demandUsable<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof S3Error) {
      throw new UsageError(`--request: ${cause.code}: ${cause.message}`, { cause });
    }
    throw cause;
  }
}

function placeOf(action: string): Operation["on"] {
  const on = ACTIONS.get(action)?.on;
  return on === "object" || on === "bucket" ? on : "service";
}

function demandTarget({ name, on, decidedByKey, creates }: Operation, { key }: TestRequest): void {
  if (on === "service") {
    throw new UsageError(`--request: no bucket's policy decides on ${name}`);
  }
  const hasKeys = on === "object" || decidedByKey || creates !== undefined;
  if (hasKeys && key === "") {
    throw new UsageError(`--request: ${name} is about an object: write s3://BUCKET/KEY`);
  }
  if (!hasKeys && key !== "") {
    throw new UsageError(`--request: ${name} is about a bucket: write s3://BUCKET`);
  }
}

function copySource({ headers }: TestRequest, { headers: needed = [] }: Operation) {
  const name = "x-amz-copy-source";
  if (!needed.includes(name)) return undefined;
  const header = new Headers(headers).get(name);
  return header === null ? undefined : demandUsable(() => parseCopySource(header));
}

function sourceOf(request: TestRequest, now: Date) {
  const receivedAt = request.at === undefined ? now : new Date(request.at);
  const signedAt = new Date(receivedAt.getTime() - request.signature_age * 1_000);
  const isSigned = principalOf(request).kind === "user";
  return {
    receivedAt,
    client: { address: request.ip, isSecure: request.tls },
    signature: isSigned ? { type: request.signature, signedAt } : undefined,
    headers: new Headers(request.headers),
    query: new Map(Object.entries(request.query)),
  };
}

/** `arn:aws:iam::123456789012:user/NAME`; the account may be left out. */
const USER_ARN = /^arn:aws:iam::(\d{12}|):user\/(.+)$/;

function principalOf({ as, member }: TestRequest): PolicyPrincipal {
  if (as === "anonymous") return { kind: "anonymous" };
  const [, account = "", name] = USER_ARN.exec(as) ?? [];
  return {
    kind: "user",
    account: account || NO_RULES.account,
    name: name ?? as.replace(/^user\//, ""),
    isMember: member,
  };
}
