/** Who sends a request, once that is known. */
export type Principal =
  /** Authentication is off: whoever comes may do everything that no policy denies. */
  | { readonly kind: "anybody" }
  /** There is no signature: may do what a policy allows to everyone. */
  | { readonly kind: "anonymous" }
  | {
    readonly kind: "user";
    /** Name from the configuration; the access key id where it has none. Goes into logs and `Owner`. */
    readonly name: string;
    /** `""` for the legacy token. */
    readonly accessKeyId: string;
    /** Buckets it may use besides its own; `"*"` for all. */
    readonly buckets: ReadonlySet<string> | "*";
    readonly mayCreateBuckets: boolean;
  };
