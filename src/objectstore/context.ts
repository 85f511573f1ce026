import type { Attempting } from "./attempts.ts";
import type { BucketCalls } from "./bucket_calls.ts";

/** What the functions of this room stand on. */
export interface StoreContext {
  readonly calls: BucketCalls;
  readonly attempting: Attempting;
  /** Largest object that is copied in one piece, in bytes. */
  readonly copyLimit: number;
}
