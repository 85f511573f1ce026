import {
  allow,
  type AwsCase,
  BUCKET,
  decisions,
  get,
  OBJECTS,
  policy,
  refusals,
  user,
} from "./aws_case.ts";
import { NOT_PRINCIPAL } from "./pages.ts";

/** A statement for all but those. */
function allBut(effect: "Allow" | "Deny", principal: unknown): object {
  return { Effect: effect, NotPrincipal: principal, Action: "s3:*", Resource: [BUCKET, OBJECTS] };
}

const BOB_AND_ACCOUNT = { AWS: [user("bob", "444455556666"), "arn:aws:iam::444455556666:root"] };
const BOB = get("k", { as: { name: "bob", account: "444455556666" } });

/** "AWS JSON policy elements: NotPrincipal". */
export const NOT_PRINCIPALS: readonly AwsCase[] = [
  ...decisions(NOT_PRINCIPAL, policy(allBut("Deny", BOB_AND_ACCOUNT)), [
    ["who is named is left out of a Deny, and not let in by it", BOB, "default"],
    ["a user of another account is denied", get("k", { as: { name: "bob" } }), "deny"],
    [
      "another user of the same account is denied",
      get("k", {
        as: { name: "carol", account: "444455556666" },
      }),
      "deny",
    ],
    ["a stranger is denied", get("k", { as: "anonymous" }), "deny"],
    ["who has the bucket is denied", get("k", { as: { name: "alice", isMember: true } }), "deny"],
  ]),
  ...decisions(
    NOT_PRINCIPAL,
    policy(
      allow({ Principal: { AWS: user("bob", "444455556666") } }),
      allBut("Deny", BOB_AND_ACCOUNT),
    ),
    [
      ["another statement lets in who is left out of a Deny", BOB, "allow"],
      ["it does not let in anybody else", get("k", { as: { name: "alice" } }), "deny"],
    ],
  ),
  ...refusals(NOT_PRINCIPAL, [
    ["an Allow to all but one is not supported", policy(allBut("Allow", BOB_AND_ACCOUNT))],
  ]),
];
