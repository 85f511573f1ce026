import {
  allow,
  type AwsCase,
  BUCKET,
  decisions,
  deny,
  get,
  OBJECTS,
  policy,
  put,
} from "./aws_case.ts";
import { SET_EXAMPLES, SET_OPERATORS, TAGGING } from "./pages.ts";

const TAG_KEYS = "s3:RequestObjectTagKeys";

/** A write with those tags, as `x-amz-tagging` has them. */
function tagged(tags: string) {
  return put("k", { "x-amz-tagging": tags });
}

/** `ForAllValues` and `ForAnyValue`, with the keys of the tags that a write brings. */
export const SETS_OF_VALUES: readonly AwsCase[] = [
  ...decisions(
    TAGGING,
    policy(allow({
      Action: "s3:PutObject",
      Resource: OBJECTS,
      Condition: { "ForAllValues:StringLike": { [TAG_KEYS]: ["Owner", "CreationDate"] } },
    })),
    [
      ["one of the tags that may be set may be set", tagged("Owner=alice"), "allow"],
      [
        "all of the tags that may be set may be set",
        tagged("Owner=alice&CreationDate=2026"),
        "allow",
      ],
      ["a tag that may not be set spoils the others", tagged("Owner=alice&Project=x"), "default"],
      ["an empty set of tags is among any", tagged(""), "allow"],
      ["no tags at all are among any", put("k"), "allow"],
    ],
  ),
  ...decisions(
    TAGGING,
    policy(allow({
      Action: "s3:PutObject",
      Resource: OBJECTS,
      Condition: {
        "ForAllValues:StringLike": { [TAG_KEYS]: ["Owner", "CreationDate"] },
        "ForAnyValue:StringLike": { [TAG_KEYS]: ["Owner", "CreationDate"] },
      },
    })),
    [
      ["at least one tag may be asked for", tagged("CreationDate=2026"), "allow"],
      ["an empty set of tags has not one", tagged(""), "default"],
      ["without tags there is not one", put("k"), "default"],
      ["one tag that is asked for does not excuse another", tagged("Owner=a&Project=x"), "default"],
    ],
  ),
  ...decisions(
    SET_OPERATORS,
    policy(deny({
      Action: "s3:PutObject",
      Condition: { "ForAnyValue:StringEquals": { [TAG_KEYS]: ["ID", "PostDateTime"] } },
    })),
    [
      ["one value among those forbidden is enough", tagged("PostDateTime=1&Message=2"), "deny"],
      ["it may be the last of several", tagged("UserName=1&Message=2&PostDateTime=3"), "deny"],
      ["values that are not forbidden are not denied", tagged("UserName=1"), "default"],
      ["without values none is forbidden", put("k"), "default"],
    ],
  ),
  ...decisions(
    SET_OPERATORS,
    policy(allow({
      Action: "s3:PutObject",
      Condition: { "ForAllValues:StringEquals": { [TAG_KEYS]: ["ID", "Message", "Tags"] } },
    })),
    [
      ["values that are all listed are let in", tagged("Message=1&Tags=2"), "allow"],
      ["one value that is not listed is not let in", tagged("Message=1&UserName=2"), "default"],
      ["values have their capitals", tagged("message=1"), "default"],
    ],
  ),
  ...decisions(
    SET_EXAMPLES,
    policy(deny({
      Action: "s3:Put*",
      Condition: { "ForAllValues:StringNotLike": { [TAG_KEYS]: "key1*" } },
    })),
    [
      [
        "a value that matches is not denied by ForAllValues not-like",
        tagged("key1:legal=1"),
        "default",
      ],
      ["several values that match are not denied", tagged("key1:hr=1&key1:personnel=2"), "default"],
      ["a value that does not match is denied", tagged("key2:audit=1"), "deny"],
      ["where no value is, ForAllValues denies", put("k"), "deny"],
    ],
  ),
  ...decisions(
    SET_EXAMPLES,
    policy(deny({
      Action: "s3:Put*",
      Condition: { "ForAllValues:StringNotLike": { [TAG_KEYS]: ["key1*", "key2*"] } },
    })),
    [
      ["several patterns are all tried, the second matches", tagged("key2:audit=1"), "default"],
      ["several values may match several patterns", tagged("key1:legal=1&key2:audit=1"), "default"],
      ["a value that matches none of several patterns is denied", tagged("key3:legal=1"), "deny"],
    ],
  ),
  ...decisions(
    SET_EXAMPLES,
    policy(deny({
      Action: "s3:Put*",
      Condition: {
        "ForAllValues:StringNotLike": { [TAG_KEYS]: "key1*" },
        Null: { [TAG_KEYS]: "false" },
      },
    })),
    [
      ["Null false keeps ForAllValues from denying where no value is", put("k"), "default"],
      ["Null false keeps ForAllValues from denying an empty set", tagged(""), "default"],
      ["Null false lets ForAllValues deny where values are", tagged("key2:audit=1"), "deny"],
    ],
  ),
  ...decisions(
    TAGGING,
    policy(allow({
      Action: "s3:PutObject",
      Condition: { StringEquals: { "s3:RequestObjectTag/Project": "X" } },
    })),
    [
      ["a tag of that value is let in", tagged("Project=X"), "allow"],
      ["a tag of another value is not", tagged("Project=Y"), "default"],
      ["other tags may be beside it", tagged("Owner=alice&Project=X"), "allow"],
      ["another tag of that value is not the tag", tagged("Owner=X"), "default"],
      ["without tags there is no such tag", put("k"), "default"],
    ],
  ),
  ...decisions(
    TAGGING,
    policy(allow({
      Action: "s3:GetObject",
      Resource: [OBJECTS, BUCKET],
      Condition: { StringEquals: { "s3:ExistingObjectTag/security": "public" } },
    })),
    [["an object without the tag may not be read", get("k"), "default"]],
  ),
];
