/**
 * Names of container images.
 * Source: "Reference" grammar of the OCI distribution specification; tags of MinIO's releases.
 *
 * @module
 */

/** Of a name, what says which image it is. */
export interface ImageName {
  /** The last part of its path: `minio`. */
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** Takes a name apart. A colon before a slash belongs to a port. */
export function parseImage(name: string): ImageName {
  const [rest = "", digest] = name.split("@", 2);
  const [last = ""] = rest.split("/").slice(-1);
  const [repository = "", tag] = last.split(":", 2);
  return { repository, tag, digest };
}

/** Why an image may be another one tomorrow; `undefined` where it may not. */
export function whyNotPinned(name: string): string | undefined {
  const { repository, tag = "", digest } = parseImage(name);
  if (repository === "") return "names no image";
  if (digest !== undefined) return undefined;
  if (tag === "") return "has neither a tag nor a digest";
  if (repository === "minio" && !RELEASE.test(tag)) {
    return "is MinIO without a release tag, such as RELEASE.2024-11-07T00-15-16Z";
  }
  if (MOVING.has(tag)) return `is ${tag}, which is another image with each release`;
  return undefined;
}

/** Tags that name no version. */
const MOVING: ReadonlySet<string> = new Set([
  "latest",
  "stable",
  "edge",
  "nightly",
  "main",
  "master",
  "dev",
]);

const RELEASE = /^RELEASE\.\d{4}-\d{2}-\d{2}T\d{2}-\d{2}-\d{2}Z/;
