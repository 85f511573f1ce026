/** Who sends a request, once that is known. */
export type Principal =
  /** Authentication is off, or there is no signature. */
  | { readonly kind: "anonymous" }
  | {
    readonly kind: "user";
    /** Name from the configuration; the access key id where it has none. Goes into logs and `Owner`. */
    readonly name: string;
    /** `""` for the legacy token. */
    readonly accessKeyId: string;
    /** Buckets it may see besides its own; `"*"` for all. */
    readonly buckets: ReadonlySet<string> | "*";
    readonly mayCreateBuckets: boolean;
  };
