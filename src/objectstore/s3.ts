import { BucketStore } from "./bucket_store.ts";
import { S3Calls } from "./s3_calls.ts";
import type { S3Options } from "./s3_options.ts";

export { type S3Options, S3OptionsError, s3OptionsOf } from "./s3_options.ts";

/** The objects of a bucket in any S3 store. */
export class S3Store extends BucketStore {
  constructor(options: S3Options) {
    super(new S3Calls(options), options);
  }
}
