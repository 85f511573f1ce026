/** Stands for the bucket's name in the policies that are ready to use; no bucket can have it. */
export const BUCKET_PLACEHOLDER = "BUCKET";

const IN_RESOURCES = /(?<="arn:aws[a-z-]*:s3:::)BUCKET(?=["/*])/g;

/** A policy's text with a bucket's name in place of `BUCKET` in its resources. */
export function forBucket(text: string, bucket: string): string {
  return text.replace(IN_RESOURCES, () => bucket);
}
