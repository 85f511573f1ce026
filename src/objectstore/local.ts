import { BucketStore } from "./bucket_store.ts";
import { LocalCalls, type LocalOptions } from "./local_calls.ts";

export type { LocalOptions } from "./local_calls.ts";

/** The objects of a bucket in this process's own storage, reached without the network. */
export class LocalStore extends BucketStore {
  constructor(options: LocalOptions) {
    super(new LocalCalls(options), options);
  }
}
