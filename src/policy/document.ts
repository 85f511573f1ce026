/**
 * A bucket policy after it was read: every short form written out, every principal understood.
 * Source: "IAM JSON policy element reference" in the IAM user guide.
 *
 * @module
 */

/** A bucket policy. */
export interface PolicyDocument {
  readonly version: "2008-10-17" | "2012-10-17";
  readonly id?: string;
  /** In the order of the document. */
  readonly statements: readonly Statement[];
}

/** One statement of a policy. */
export interface Statement {
  /** Position in the document, from 0. */
  readonly index: number;
  /** Where it stands: `Statement[0]`, or `Statement` where the document has just the one. */
  readonly path: string;
  readonly sid?: string;
  readonly effect: "Allow" | "Deny";
  /** `Principal`, or `NotPrincipal` where `negated`. */
  readonly principals: Elements<PrincipalPattern>;
  /** `Action`, or `NotAction` where `negated`: patterns such as `s3:Put*`, as written. */
  readonly actions: Elements<string>;
  /** `Resource`, or `NotResource` where `negated`: ARN patterns, as written, variables included. */
  readonly resources: Elements<string>;
  /** All of them have to hold. */
  readonly conditions: readonly Condition[];
}

/** A list in a statement, or all but that list. */
export interface Elements<T> {
  readonly negated: boolean;
  readonly patterns: readonly T[];
}

/** Whom an entry of `Principal` means. */
export type PrincipalPattern =
  /** `"*"` or `{"AWS": "*"}`: everybody, anonymous requests included. */
  | { readonly kind: "everyone" }
  /** `123456789012` or `arn:aws:iam::123456789012:root`. */
  | { readonly kind: "account"; readonly account: string }
  /** `arn:aws:iam::123456789012:user/NAME`; `account` is `""` where the ARN has none. */
  | { readonly kind: "user"; readonly account: string; readonly name: string }
  /** `{"CanonicalUser": ID}`: an owner's id as answers show it. */
  | { readonly kind: "canonical"; readonly id: string }
  /** Roles, services, federated users: nobody who could come in here. */
  | { readonly kind: "foreign"; readonly type: string; readonly value: string };

/** One key under one operator. */
export interface Condition {
  /** As written, such as `ForAnyValue:StringLikeIfExists`. */
  readonly operator: string;
  /** As written, such as `s3:prefix` or `s3:ExistingObjectTag/team`; names are compared without case. */
  readonly key: string;
  /** Numbers and booleans of the document as text. */
  readonly values: readonly string[];
  /** Such as `Statement[0].Condition.Null.s3:if-none-match`. */
  readonly path: string;
}
