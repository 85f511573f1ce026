import type { PolicyDocument } from "../document.ts";

/** One thing that policies are checked for. */
export interface Rule {
  /** As findings name it: `deny-never-matches`. */
  readonly name: string;
  /**
   * `error`: a store would refuse the policy, or it cannot do what it seems to say. `warning`: it is
   * often meant otherwise.
   */
  readonly severity: "error" | "warning";
  check(document: PolicyDocument): Iterable<Remark>;
}

/** Where a rule found something, and what to do about it. */
export interface Remark {
  /** Such as `Statement[0].Condition.Null.s3:if-none-match`; `""` for the whole document. */
  readonly path: string;
  readonly message: string;
}
