/**
 * Condition keys: what a policy can ask of a request.
 * Sources: "AWS global condition context keys" in the IAM user guide; "Actions, resources, and
 * condition keys for Amazon S3" in the service authorization reference.
 *
 * @module
 */
import { carriers } from "./actions.ts";
import type { ConditionKey, ConditionValue } from "./condition_key.ts";
import { GLOBAL_KEYS } from "./global_keys.ts";
import type { PolicyRequest } from "./request.ts";
import { S3_KEYS } from "./s3_keys.ts";

export type { ConditionKey, ConditionValue };

/** Every key, also those of AWS that no request here has a value for, by its name in lower case. */
export const CONDITION_KEYS: ReadonlyMap<string, ConditionKey> = new Map(
  [...GLOBAL_KEYS, ...S3_KEYS].map((key) => [key.name.toLowerCase(), key]),
);

/**
 * The key of that name, with the key of a tag behind it where it takes one
 * (`s3:ExistingObjectTag/team`). Case does not matter.
 *
 * @returns `undefined` where AWS has no such key
 */
export function findConditionKey(name: string): ConditionKey | undefined {
  const end = endOfName(name);
  const isComplete = end === name.length && !name.endsWith("/");
  return isComplete || end < name.length
    ? CONDITION_KEYS.get(name.slice(0, end).toLowerCase())
    : undefined;
}

/**
 * The value that a request has for a key; `undefined` where it has none, where its action does not
 * carry the key, and for a key that does not exist.
 */
export function conditionValue(request: PolicyRequest, key: string): ConditionValue {
  return conditionReader(key)(request);
}

/** {@link conditionValue} of one key, for many requests. */
export function conditionReader(name: string): (request: PolicyRequest) => ConditionValue {
  const key = findConditionKey(name);
  if (key === undefined) return () => undefined;
  const suffix = name.slice(endOfName(name));
  const isCarried = carriers(name);
  return (request) => isCarried(request.action) ? key.read(request, suffix) : undefined;
}

/** Where what is behind the name begins: after the first slash. */
function endOfName(name: string): number {
  const slash = name.indexOf("/");
  return slash < 0 ? name.length : slash + 1;
}
