/** Where a policy is to hold; what is not said is not checked. */
export interface PolicyContext {
  /** The bucket. With it a policy may name nothing else, and only what goes together. */
  readonly bucket?: string;
  /** Twelve digits: the account of the users. */
  readonly account?: string;
  /** Whether there is such a user; its account is `""` where the policy names none. */
  readonly knows?: (user: { readonly account: string; readonly name: string }) => boolean;
}
