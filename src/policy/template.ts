const IN_RESOURCES = /(?<="arn:aws[a-z-]{0,10}:s3:::)BUCKET(?=["/*])/g;

/**
 * A policy's text with a bucket's name in place of `BUCKET` in its resources, as the policies that
 * are ready to use have it. No bucket can have that name.
 */
export function forBucket(text: string, bucket: string): string {
  return text.replace(IN_RESOURCES, () => bucket);
}
