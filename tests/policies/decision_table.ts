/**
 * Tables of requests, and what a policy that is ready to use decides on each.
 *
 * @module
 */
import assert from "node:assert/strict";
import { type CompiledPolicy, compilePolicy } from "../../src/policy/evaluate.ts";
import { parsePolicy } from "../../src/policy/parse.ts";
import { OPERATIONS } from "../../src/s3api/operations.ts";
import { policyRequest, type RequestSketch } from "../policy/policy_request.ts";
import { BUCKET, type PolicyFile, readPolicyFile } from "./policy_files.ts";

/** Who asks. */
export type Who = "anonymous" | User;

/** Somebody with a key. */
export interface User {
  readonly name: string;
  /** Whether the bucket is among those of its credential. */
  readonly isMember: boolean;
}

/** Has the bucket and is named by no policy; so is the owner, whom a policy takes for any member. */
export const MEMBER: User = { name: "alice", isMember: true };

/** Is named as the writer of events. */
export const OPERATOR: User = { name: "operator", isMember: false };

/** Is the role of AWS that looks after a bucket. */
export const BUCKET_ADMIN: User = { name: "bucket-admin", isMember: true };

/** A user with a key, but without the bucket. */
export const STRANGER: User = { name: "mallory", isMember: false };

/** Who decided, by its `Sid`; `default`: members may, others may not. */
export type Answer = `allow ${string}` | `deny ${string}` | "default";

/** A request. */
export type Row = readonly [
  /** What is tried, in words. */
  title: string,
  who: Who,
  /** An operation (`CopyObject`), or an action that no operation here has (`s3:ReplicateObject`). */
  does: string,
  /** `""` for the bucket itself. */
  key: string,
  circumstances?: Pick<RequestSketch, "headers" | "query" | "ip" | "tls">,
];

/** Requests by what is decided on them. */
export type DecisionTable = { readonly [answer in Answer]?: readonly Row[] };

/** Headers of a write that makes a new object only. */
export const IF_NEW = { headers: { "if-none-match": "*" } };

/** Headers of a write that replaces what it knows. */
export const IF_SAME = { headers: { "if-match": '"5d41402abc4b2a76b9719d911017c592"' } };

/** Tests that a policy decides as its table says, and that the table knows each of its statements. */
export function decisionTable(file: PolicyFile, table: DecisionTable): void {
  const policy = parsePolicy(readPolicyFile(file), { bucket: BUCKET });
  const compiled = compilePolicy(policy);
  const account = file.startsWith("aws/") ? AWS_ACCOUNT : ACCOUNT;
  for (const [answer, rows = []] of Object.entries(table)) {
    for (const row of rows) {
      Deno.test(`${file} says ${answer} to ${row[0]}`, () => {
        assert.equal(decide(compiled, row, account), answer);
      });
    }
  }
  Deno.test(`${file} has no statement that its table does not ask for`, () => {
    const answers = policy.statements.map(({ effect, sid }) => `${effect.toLowerCase()} ${sid}`);
    assert.deepEqual(answers.filter((answer) => !(answer in table)), []);
  });
}

/** What a policy decides on the request of a row. */
export function decide(policy: CompiledPolicy, row: Row, account = ACCOUNT): Answer {
  const [, who, does, key, circumstances = {}] = row;
  const decision = policy.decide(policyRequest({
    bucket: BUCKET,
    key: key === "" ? undefined : key,
    as: who === "anonymous" ? who : { ...who, account },
    ...circumstances,
    ...asked(does, circumstances.headers),
  }));
  if (decision.outcome === "default") return "default";
  return `${decision.outcome} ${decision.statement.sid ?? decision.statement.path}`;
}

/** Holdfast's own account, and the one of AWS's documentation. */
const ACCOUNT = "000000000000";
const AWS_ACCOUNT = "111122223333";

/** What a policy is asked about an operation; it is shown conditions only where they are obeyed. */
function asked(
  does: string,
  headers: RequestSketch["headers"] = {},
): Pick<RequestSketch, "action" | "createsObject" | "headers"> {
  if (does.startsWith("s3:")) return { action: does, headers };
  const operation = OPERATIONS.find(({ name }) => name === does);
  assert(operation, `there is no operation ${does}`);
  const { action, creates, conditional } = operation;
  const shown = Object.entries(headers).filter(([name]) => conditional || !CONDITIONS.has(name));
  return {
    action,
    createsObject: creates === undefined ? undefined : creates === "object",
    headers: Object.fromEntries(shown),
  };
}

const CONDITIONS: ReadonlySet<string> = new Set(["if-match", "if-none-match"]);
