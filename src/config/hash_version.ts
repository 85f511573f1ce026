import type { HashVersion } from "../eventlog/event.ts";

/** The variable that says which version new events have. */
export const HASH_VERSION_VARIABLE = "RYNXS_HASH_VERSION";

/**
 * The version that the environment asks for, `v1` where it says nothing. Case does not matter.
 *
 * @throws {Error} that names the variable, for anything else
 */
export function hashVersion(written: string | undefined): HashVersion {
  const value = written?.trim().toLowerCase() ?? "";
  if (value === "" || value === "v1") return "v1";
  if (value === "v2") return "v2";
  throw new Error(`${HASH_VERSION_VARIABLE} must be v1 or v2, not ${JSON.stringify(written)}`);
}
