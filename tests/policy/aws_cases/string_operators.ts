import {
  allow,
  allowWhen,
  type AwsCase,
  BUCKET,
  decisions,
  get,
  list,
  policy,
  put,
} from "./aws_case.ts";
import { CONDITION, OPERATORS, STATEMENT } from "./pages.ts";

/** "String condition operators": exact and wildcard comparison, with and without case, negated. */
export const STRING_OPERATORS: readonly AwsCase[] = [
  ...decisions(OPERATORS, allowWhen({ StringEquals: { "s3:prefix": "home/" } }), [
    ["StringEquals holds for the very same text", list({ prefix: "home/" }), "allow"],
    ["StringEquals tells capitals from small letters", list({ prefix: "Home/" }), "default"],
    ["StringEquals does not hold for what only begins so", list({ prefix: "home/x" }), "default"],
    ["StringEquals does not hold for an absent key", list(), "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ StringEquals: { "s3:prefix": "home/*" } }), [
    ["an asterisk is no wildcard to StringEquals", list({ prefix: "home/x" }), "default"],
    ["an asterisk is an asterisk to StringEquals", list({ prefix: "home/*" }), "allow"],
  ]),
  ...decisions(OPERATORS, allowWhen({ StringNotEquals: { "s3:prefix": "home/" } }), [
    ["StringNotEquals does not hold for the very same text", list({ prefix: "home/" }), "default"],
    ["StringNotEquals holds for another text", list({ prefix: "etc/" }), "allow"],
    ["StringNotEquals holds for other capitals", list({ prefix: "HOME/" }), "allow"],
    ["StringNotEquals holds for an absent key", list(), "allow"],
  ]),
  ...decisions(OPERATORS, allowWhen({ StringEqualsIgnoreCase: { "s3:prefix": "home/" } }), [
    ["StringEqualsIgnoreCase holds for other capitals", list({ prefix: "HoMe/" }), "allow"],
    ["StringEqualsIgnoreCase tells texts apart", list({ prefix: "homes/" }), "default"],
    ["StringEqualsIgnoreCase does not hold for an absent key", list(), "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ StringNotEqualsIgnoreCase: { "s3:prefix": "home/" } }), [
    [
      "StringNotEqualsIgnoreCase does not hold for other capitals",
      list({ prefix: "HOME/" }),
      "default",
    ],
    ["StringNotEqualsIgnoreCase holds for another text", list({ prefix: "etc/" }), "allow"],
    ["StringNotEqualsIgnoreCase holds for an absent key", list(), "allow"],
  ]),
  ...decisions(OPERATORS, allowWhen({ StringLike: { "s3:prefix": "home/*" } }), [
    ["an asterisk of StringLike stands for many characters", list({ prefix: "home/a/b" }), "allow"],
    ["an asterisk of StringLike stands for none", list({ prefix: "home/" }), "allow"],
    ["StringLike tells capitals from small letters", list({ prefix: "HOME/a" }), "default"],
    ["StringLike holds for the whole text or not at all", list({ prefix: "my/home/a" }), "default"],
    ["StringLike does not hold for an absent key", list(), "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ StringLike: { "s3:prefix": "log-?/" } }), [
    ["a question mark of StringLike stands for one character", list({ prefix: "log-7/" }), "allow"],
    ["a question mark of StringLike does not stand for none", list({ prefix: "log-/" }), "default"],
    [
      "a question mark of StringLike does not stand for two",
      list({ prefix: "log-12/" }),
      "default",
    ],
  ]),
  ...decisions(OPERATORS, allowWhen({ StringLike: { "s3:prefix": "*/20??/*.log" } }), [
    ["wildcards of StringLike may be anywhere", list({ prefix: "eu/2026/01/a.log" }), "allow"],
    ["every part between wildcards must be there", list({ prefix: "eu/1999/a.log" }), "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ StringLike: { "s3:prefix": "home" } }), [
    ["StringLike without a wildcard is no partial match", list({ prefix: "home/" }), "default"],
  ]),
  ...decisions(OPERATORS, allowWhen({ StringNotLike: { "s3:prefix": "home/*" } }), [
    ["StringNotLike does not hold for what matches", list({ prefix: "home/a" }), "default"],
    ["StringNotLike holds for what does not match", list({ prefix: "etc/a" }), "allow"],
    ["StringNotLike tells capitals from small letters", list({ prefix: "Home/a" }), "allow"],
    ["StringNotLike holds for an absent key", list(), "allow"],
  ]),
  ...decisions(CONDITION, allowWhen({ StringEquals: { "aws:username": "johndoe" } }), [
    ["a user's name equals itself", get("k", { as: { name: "johndoe" } }), "allow"],
    ["a user's name has its capitals", get("k", { as: { name: "JohnDoe" } }), "default"],
  ]),
  ...decisions(CONDITION, allowWhen({ StringEqualsIgnoreCase: { "aws:username": "johndoe" } }), [
    ["a user's name may be compared without case", get("k", { as: { name: "JohnDoe" } }), "allow"],
  ]),
  ...decisions(CONDITION, allowWhen({ StringEquals: { "S3:PREFIX": "a/" } }), [
    ["names of keys are compared without case", list({ prefix: "a/" }), "allow"],
    ["values of keys keep their case all the same", list({ prefix: "A/" }), "default"],
  ]),
  ...decisions(
    STATEMENT,
    policy(
      allow({ Action: ["s3:GetBucketLocation"], Resource: "arn:aws:s3:::*" }),
      allow({
        Action: "s3:ListBucket",
        Resource: BUCKET,
        Condition: { StringLike: { "s3:prefix": ["", "home/", "home/${aws:username}/"] } },
      }),
      allow({
        Resource: [`${BUCKET}/home/\${aws:username}`, `${BUCKET}/home/\${aws:username}/*`],
      }),
    ),
    [
      ["everybody may ask where the bucket is", { action: "s3:GetBucketLocation" }, "allow"],
      ["the top may be listed with an empty prefix", list({ prefix: "" }), "allow"],
      ["the folder of homes may be listed", list({ prefix: "home/" }), "allow"],
      ["one's own home may be listed", list({ prefix: "home/alice/" }), "allow"],
      ["another's home may not be listed", list({ prefix: "home/bob/" }), "default"],
      ["a listing of everything is not among the three", list(), "default"],
      ["one's own home may be written", put("home/alice/notes"), "allow"],
      ["the object that bears one's name may be read", get("home/alice"), "allow"],
      ["another's home may not be read", get("home/bob/notes"), "default"],
      ["a name that only begins the same is another's", get("home/alice2/notes"), "default"],
    ],
  ),
];
