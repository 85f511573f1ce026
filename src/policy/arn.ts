/**
 * Amazon Resource Names of buckets, objects and users.
 * Source: "Policy resources for Amazon S3" in the Amazon S3 user guide; "IAM identifiers" in the IAM
 * user guide.
 *
 * @module
 */

const OTHER_PARTITION = /^arn:aws-(?:cn|us-gov):/;

/** The bucket itself: `arn:aws:s3:::bucket`. */
export function bucketArn(bucket: string): string {
  return `arn:aws:s3:::${bucket}`;
}

/** An object in it: `arn:aws:s3:::bucket/key`, with the key as it is, not encoded. */
export function objectArn(bucket: string, key: string): string {
  return `arn:aws:s3:::${bucket}/${key}`;
}

/** A user: `arn:aws:iam::123456789012:user/NAME`. */
export function userArn(account: string, name: string): string {
  return `arn:aws:iam::${account}:user/${name}`;
}

/**
 * An ARN of any partition as one of `aws`, the only one that there is here: a policy made for China
 * or GovCloud means the same.
 */
export function inOwnPartition(arn: string): string {
  return arn.replace(OTHER_PARTITION, "arn:aws:");
}
