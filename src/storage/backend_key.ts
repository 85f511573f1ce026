import { createHash } from "node:crypto";
import type { BackendKey } from "../backends/backend.ts";

/** S3's limit for a key, in bytes of UTF-8. */
const MOST_KEY_BYTES = 1024;
/** The longest file name on the file systems that S3 servers keep objects on, in bytes. */
const MOST_SEGMENT_BYTES = 255;

const encoder = new TextEncoder();

/**
 * The fresh backend key of one version of an object: `{bucket}/{key}@{version}`, so that a person
 * who looks at the backend finds it; `{bucket}/~{SHA-256 of the key in hex}@{version}` where stores,
 * or clients on the way to them, would refuse or fold the plain form.
 */
export function backendKeyOf(bucket: string, key: string, version: string): BackendKey {
  const plain = `${bucket}/${key}@${version}`;
  const name = isPlain(plain) ? plain : `${bucket}/~${sha256(key)}@${version}`;
  // This is the one place where backend keys are made.
  return name as BackendKey;
}

function isPlain(key: string): boolean {
  if (encoder.encode(key).length > MOST_KEY_BYTES) return false;
  // Control characters and backslashes are refused or folded by some stores.
  // deno-lint-ignore no-control-regex -- that they are control characters is the point
  if (/[\u0000-\u001f\u007f\\]/.test(key)) return false;
  return key.split("/").every((segment) =>
    segment !== "" && segment !== "." && segment !== ".." &&
    encoder.encode(segment).length <= MOST_SEGMENT_BYTES
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Whether a key on a backend is of the form that {@link backendKeyOf} makes. */
export function isOwnKey(key: string): boolean {
  return /^[^/]+\/.+@[0-9a-hjkmnp-tv-z]{26}$/s.test(key);
}
