/**
 * Who may do what: the single place that decides whether an operation goes ahead.
 * Source: "Policy evaluation logic" in the IAM user guide: an explicit Deny, then an explicit Allow,
 * then the default, by which a bucket is its members' and nobody else's.
 *
 * @module
 */
import { bucketArn, objectArn } from "../policy/arn.ts";
import type { Circumstances, Decision, PolicyPrincipal } from "../policy/request.ts";
import type { GovernedBucket } from "../storage/model.ts";
import type { Storage } from "../storage/storage.ts";
import { StorageError } from "../storage/storage_error.ts";
import type { AccessRules } from "./access_rules.ts";
import { BucketPolicies } from "./bucket_policy.ts";
import { circumstancesOf } from "./circumstances.ts";
import type { Credentials } from "./credentials.ts";
import { S3Error, toS3Error } from "./errors.ts";
import { isMember, mayDeleteBucket, ownsPolicy } from "./membership.ts";
import type { S3Request } from "./operation.ts";
import type { Principal } from "./principal.ts";

/** What is to be done, and to what. */
export interface Attempt {
  /** `s3:GetObject` */
  readonly action: string;
  readonly bucket: string;
  /** Decoded; `""` for the bucket itself. */
  readonly key: string;
  /** The request's own where it says nothing else. */
  readonly circumstances?: Circumstances;
}

/**
 * What an owner may do to a bucket whatever its policy says, so that no policy locks anybody out
 * for good. Source: "PutBucketPolicy" in the Amazon S3 API reference.
 */
export const OWNERS_ACTIONS: ReadonlySet<string> = new Set([
  "s3:GetBucketPolicy",
  "s3:PutBucketPolicy",
  "s3:DeleteBucketPolicy",
]);

/** Decides by credentials and by the policies of buckets. */
export class Access {
  readonly policies: BucketPolicies;

  constructor(
    private readonly storage: Pick<Storage, "findBucket">,
    private readonly credentials: Credentials | "off",
    readonly rules: AccessRules,
  ) {
    this.policies = new BucketPolicies(rules);
  }

  /**
   * Lets a request's operation go ahead, or throws.
   *
   * @throws {S3Error} `AccessDenied`, `NoSuchBucket`; `ServiceUnavailable` where the bucket's policy
   * cannot be loaded
   */
  async authorize(request: S3Request): Promise<void> {
    const { operation, principal } = request;
    if (operation.on === "service" || operation.name === "CreateBucket") {
      return demandUser(principal, operation.name === "CreateBucket");
    }
    const bucket = await this.demandBucket(request.bucket);
    if (operation.decidedByKey) return this.#demandAnyAccess(request, bucket);
    const key = request.form?.key ?? request.key;
    for (const action of [operation.action, ...operation.alsoNeeds ?? []]) {
      this.#demand(request, bucket, { action, bucket: bucket.name, key });
    }
    if (operation.name === "DeleteBucket" && !mayDeleteBucket(principal, bucket)) {
      request.explain("only who created a bucket may delete it");
      throw new S3Error("AccessDenied");
    }
  }

  /**
   * Lets something go ahead that a request asks for besides its operation, such as reading the
   * source of a copy.
   *
   * @throws what {@link authorize} throws
   */
  async demand(request: S3Request, attempt: Attempt): Promise<void> {
    this.#demand(request, await this.demandBucket(attempt.bucket), attempt);
  }

  /**
   * Whether something would go ahead. A refusal is explained in the request's log line.
   *
   * @throws {S3Error} `NoSuchBucket`, `ServiceUnavailable`
   */
  async permits(request: S3Request, attempt: Attempt): Promise<boolean> {
    return this.#permits(request, await this.demandBucket(attempt.bucket), attempt);
  }

  /**
   * Looks for an object. That it is not there is told only to those who may list its bucket.
   * Source: "GetObject" in the Amazon S3 API reference, on `404` and `403`.
   *
   * @throws what `find` throws; {@link S3Error} `AccessDenied` in place of `NoSuchKey`
   */
  async look<T>(request: S3Request, bucket: string, find: () => Promise<T>): Promise<T> {
    try {
      return await find();
    } catch (error) {
      const isAbsent = error instanceof StorageError && error.code === "NoSuchKey";
      if (!isAbsent) throw error;
      const mayList = await this.permits(request, { action: "s3:ListBucket", bucket, key: "" });
      throw mayList ? error : new S3Error("AccessDenied");
    }
  }

  /** Whether there is a user of that name. */
  knows(name: string): boolean {
    return this.credentials !== "off" && this.credentials.hasUser(name);
  }

  /** @throws {S3Error} `NoSuchBucket`; `ServiceUnavailable` where it cannot be looked up */
  async demandBucket(name: string): Promise<GovernedBucket> {
    const bucket = name.includes("\0") ? undefined : await this.#find(name);
    if (bucket === undefined) throw new S3Error("NoSuchBucket");
    return bucket;
  }

  async #find(name: string): Promise<GovernedBucket | undefined> {
    try {
      return await this.storage.findBucket(name);
    } catch (cause) {
      const error = toS3Error(cause);
      if (error.code !== "InternalError") throw error;
      throw new S3Error("ServiceUnavailable", undefined, { cause });
    }
  }

  #demand(request: S3Request, bucket: GovernedBucket, attempt: Attempt): void {
    if (!this.#permits(request, bucket, attempt)) throw new S3Error("AccessDenied");
  }

  #permits(request: S3Request, bucket: GovernedBucket, attempt: Attempt): boolean {
    const { principal } = request;
    if (OWNERS_ACTIONS.has(attempt.action) && ownsPolicy(principal, bucket, this.rules)) {
      return true;
    }
    const member = isMember(principal, bucket);
    const refusal = this.#refusal(request, bucket, member, attempt);
    if (refusal !== undefined) request.explain(refusal);
    return refusal === undefined;
  }

  /** Why something may not be done; `undefined` where it may. */
  #refusal(
    request: S3Request,
    bucket: GovernedBucket,
    member: boolean,
    { action, key, circumstances }: Attempt,
  ): string | undefined {
    const policy = this.policies.of(bucket);
    if (policy.kind === "broken") throw closed();
    if (policy.kind === "none") return member ? undefined : NOT_A_MEMBER;
    const decision = policy.compiled.decide({
      principal: policyPrincipal(request.principal, member, this.rules),
      action,
      resource: key === "" ? bucketArn(bucket.name) : objectArn(bucket.name, key),
      circumstances: circumstances ?? circumstancesOf(request),
    });
    if (decision.outcome === "deny") return explanation(decision);
    if (member) return undefined;
    if (decision.outcome === "default") return NOT_ALLOWED;
    const restricted = policy.isPublic && bucket.publicAccessBlock?.restrictPublicBuckets === true;
    return restricted ? RESTRICTED : undefined;
  }

  /** Who has no way to be allowed anything is refused before a body is read. */
  #demandAnyAccess(request: S3Request, bucket: GovernedBucket): void {
    const policy = this.policies.of(bucket);
    if (policy.kind === "broken") throw closed();
    if (policy.kind === "usable" || isMember(request.principal, bucket)) return;
    request.explain(NOT_A_MEMBER);
    throw new S3Error("AccessDenied");
  }
}

const NOT_A_MEMBER = "the bucket is not among those of the credential, and has no policy";
const NOT_ALLOWED = "no statement of the policy allows it";
const RESTRICTED = "the policy is public, and RestrictPublicBuckets is on";

function closed(): S3Error {
  return new S3Error(
    "ServiceUnavailable",
    "The policy of this bucket cannot be loaded, so nothing in it can be reached.",
  );
}

/** For the log: the statement that denied. */
function explanation({ statement }: Extract<Decision, { outcome: "deny" | "allow" }>): string {
  return statement.sid === undefined ? statement.path : `${statement.path} ${statement.sid}`;
}

function demandUser(principal: Principal, creates: boolean): void {
  if (principal.kind === "anonymous") throw new S3Error("AccessDenied");
  if (creates && principal.kind === "user" && !principal.mayCreateBuckets) {
    throw new S3Error("AccessDenied");
  }
}

function policyPrincipal(
  principal: Principal,
  member: boolean,
  { account }: AccessRules,
): PolicyPrincipal {
  if (principal.kind !== "user") return { kind: "anonymous" };
  return { kind: "user", account, name: principal.name, isMember: member };
}
