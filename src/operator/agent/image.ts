/**
 * Which image an agent runs.
 *
 * @module
 */

/** The parts of a reference. */
export interface Image {
  /** With the registry before it, where it names one: `registry:5000/team/agent`. */
  readonly repository?: string;
  /** Absent only where there is a digest. */
  readonly tag?: string;
  /** `sha256:…`, which is what is run, whatever the tag says. */
  readonly digest?: string;
}

/** What existing operators run for an agent that names no repository, and take for a tag. */
const [REPOSITORY, TAG] = ["rynxs/universal-agent-runtime", "latest"];

/**
 * The parts of a reference such as `registry:5000/team/agent:1.2@sha256:…`.
 * Source: https://github.com/distribution/reference (grammar of references).
 */
export function readReference(reference: string): Image {
  const [named = "", digest] = reference.split("@");
  const colon = named.indexOf(":", named.lastIndexOf("/") + 1);
  const [repository, tag] = colon < 0
    ? [named, undefined]
    : [named.slice(0, colon), named.slice(colon + 1)];
  return withTag({ repository, ...(tag && { tag }), ...(digest && { digest }) });
}

/** With the tag that is meant where neither a tag nor a digest is given. */
export function withTag<T extends Image>(image: T): T {
  return image.tag === undefined && image.digest === undefined ? { ...image, tag: TAG } : image;
}

/** The reference of an image. */
export function referenceOf({ repository = REPOSITORY, tag, digest }: Image): string {
  return `${repository}${tag === undefined ? "" : `:${tag}`}${
    digest === undefined ? "" : `@${digest}`
  }`;
}
