/**
 * What a condition key is, and how its value is taken from a request.
 *
 * @module
 */
import type { PolicyRequest } from "./request.ts";

/** A condition key. */
export interface ConditionKey {
  /** As AWS writes it: `s3:if-none-match`. One that ends in `/` goes on with the key of a tag. */
  readonly name: string;
  readonly type: "string" | "numeric" | "date" | "bool" | "ip" | "arn" | "binary";
  /** Whether a request can have several values for it; those want a set operator. */
  readonly isMultivalued: boolean;
  /**
   * The value that a request has for it; `undefined` where it has none.
   *
   * @param suffix what follows the name: the key of a tag
   */
  read(request: PolicyRequest, suffix?: string): ConditionValue;
}

/** What a request has for a key: a value, several, or none. */
export type ConditionValue = string | readonly string[] | undefined;

/** Takes a value from a request. */
export type Reading = ConditionKey["read"];

/** No request here has a value. */
export const never: Reading = () => undefined;

/** The value of a header, by its name in lower case. */
export function fromHeader(name: string): Reading {
  return ({ circumstances }) => circumstances.header(name);
}

/** The value of a query parameter. */
export function fromQuery(name: string): Reading {
  return ({ circumstances }) => circumstances.query(name);
}

/** What only a user has; anonymous requests have no value. */
export function ofUser(
  value: (user: Extract<PolicyRequest["principal"], { kind: "user" }>) => string,
): Reading {
  return ({ principal }) => principal.kind === "user" ? value(principal) : undefined;
}

/** A key with one value. */
export function single(
  type: ConditionKey["type"],
  name: string,
  read: Reading = never,
): ConditionKey {
  return { name, type, isMultivalued: false, read };
}

/** A key with any number of values, texts all of them. */
export function several(name: string, read: Reading = never): ConditionKey {
  return { name, type: "string", isMultivalued: true, read };
}
