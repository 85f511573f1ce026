import { allowWhen, type AwsCase, decisions, get, user } from "./aws_case.ts";
import { OPERATORS } from "./pages.ts";

function by(name: string, account = "111122223333") {
  return get("k", { as: { name, account } });
}

function principal(operator: string, pattern: string): object {
  return allowWhen({ [operator]: { "aws:PrincipalArn": pattern } });
}

/** Its text matches `SPANNING`, but its account is another. */
const COLONS_IN_NAME = by("abc:111122223333:user/mallory", "999999999999");
const SPANNING = "arn:aws:iam:*:111122223333:user/*";

/** "Amazon Resource Name (ARN) condition operators". */
export const ARN_OPERATORS: readonly AwsCase[] = [
  ...decisions(OPERATORS, principal("ArnEquals", user("alice")), [
    ["ArnEquals holds for the very same ARN", by("alice"), "allow"],
    ["ArnEquals does not hold for another name", by("bob"), "default"],
    ["ArnEquals does not hold for another account", by("alice", "444455556666"), "default"],
    ["ArnEquals tells capitals from small letters", by("Alice"), "default"],
  ]),
  ...decisions(OPERATORS, principal("ArnEquals", user("al*")), [
    ["ArnEquals knows wildcards as ArnLike does", by("alice"), "allow"],
    ["a wildcard of ArnEquals is bound by what is around it", by("bob"), "default"],
  ]),
  ...decisions(OPERATORS, principal("ArnLike", "arn:aws:iam::*:user/alice"), [
    ["an asterisk may stand for a whole component", by("alice", "444455556666"), "allow"],
    ["the other components are compared all the same", by("bob", "444455556666"), "default"],
  ]),
  ...decisions(OPERATORS, principal("ArnLike", "arn:aws:iam::11112222333?:user/a????"), [
    ["a question mark stands for one character of a component", by("alice"), "allow"],
    ["a question mark does not stand for none", by("anna"), "default"],
  ]),
  ...decisions(OPERATORS, principal("ArnLike", SPANNING), [
    ["a wildcard of ArnLike does not reach across colons", COLONS_IN_NAME, "default"],
    ["a wildcard of ArnLike may stand for an empty component", by("alice"), "allow"],
  ]),
  ...decisions(OPERATORS, principal("StringLike", SPANNING), [
    ["a wildcard of StringLike reaches across colons", COLONS_IN_NAME, "allow"],
  ]),
  ...decisions(OPERATORS, principal("ArnNotEquals", user("alice")), [
    ["ArnNotEquals does not hold for the very same ARN", by("alice"), "default"],
    ["ArnNotEquals holds for another", by("bob"), "allow"],
  ]),
  ...decisions(OPERATORS, principal("ArnNotLike", user("a*")), [
    ["ArnNotLike does not hold for what matches", by("alice"), "default"],
    ["ArnNotLike holds for what does not match", by("bob"), "allow"],
  ]),
  ...decisions(OPERATORS, principal("ArnNotEquals", user("a*")), [
    ["ArnNotEquals knows wildcards as ArnNotLike does", by("alice"), "default"],
  ]),
  ...decisions(OPERATORS, principal("ArnLike", "arn:aws:iam::111122223333:user/${aws:username}"), [
    ["a variable may be in an ARN operator", by("alice"), "allow"],
    ["what is around the variable is compared", by("alice", "444455556666"), "default"],
  ]),
  ...decisions(
    OPERATORS,
    allowWhen({ ArnEquals: { "aws:SourceArn": "arn:aws:sns:eu-central-1:111122223333:topic" } }),
    [["ArnEquals does not hold where no resource made the call", by("alice"), "default"]],
  ),
  ...decisions(
    OPERATORS,
    allowWhen({ ArnNotLike: { "aws:SourceArn": "arn:aws:sns:eu-central-1:111122223333:topic" } }),
    [["ArnNotLike holds for an absent key", by("alice"), "allow"]],
  ),
];
