/**
 * Which names a bucket may have.
 * Source: "General purpose bucket naming rules" in the Amazon S3 user guide.
 *
 * @module
 */

/** Paths of our own at the root of the endpoint, which a bucket would hide. */
const RESERVED_NAMES: ReadonlySet<string> = new Set(["health", "metrics"]);

const RESERVED_PREFIXES = ["xn--", "sthree-", "amzn-s3-demo-"];

const RESERVED_SUFFIXES = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

const SHAPE = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

const IPV4_ADDRESS = /^\d+\.\d+\.\d+\.\d+$/;

/** Whether a new bucket may be called this. */
export function isBucketName(name: string): boolean {
  return SHAPE.test(name) && !name.includes("..") && !IPV4_ADDRESS.test(name) &&
    !RESERVED_NAMES.has(name) &&
    !RESERVED_PREFIXES.some((prefix) => name.startsWith(prefix)) &&
    !RESERVED_SUFFIXES.some((suffix) => name.endsWith(suffix));
}
