import { canonicalJson } from "../eventlog/canonical_json.ts";
import type { Json, JsonObject } from "../eventlog/json.ts";
import { sha256Hex } from "./bundle_bytes.ts";
import { createdAtInstant } from "./created_at.ts";

/** What its writer says in evidence, besides when it was made and which version it is. */
export interface Said {
  readonly evidenceType: string;
  readonly metadata: JsonObject;
  readonly evidenceData: Json;
}

/**
 * By this two bundles are known to say the same, however they are laid out: SHA-256, hex. The link
 * to the version before is not what a writer says.
 *
 * @throws {JsonError} for what cannot be written
 */
export function fingerprint({ evidenceData, evidenceType, metadata }: Said): string {
  const { previous: _link, ...own } = metadata;
  return sha256Hex(canonicalJson([evidenceType, own, evidenceData]));
}

/** Whether two times of bundles are the same instant, to the last digit. */
export function isSameInstant(one: string, other: string): boolean {
  return exactInstant(one) === exactInstant(other);
}

/** Milliseconds are what a `Date` has; what is finer follows them. */
function exactInstant(text: string): string {
  const [, fraction = ""] = /\.(\d+)/.exec(text) ?? [];
  return `${createdAtInstant(text)?.getTime()}.${fraction.slice(3).replace(/0+$/, "")}`;
}
