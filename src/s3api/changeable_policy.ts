import type { Bucket } from "../storage/model.ts";
import type { AccessRules } from "./access_rules.ts";
import { S3Error } from "./errors.ts";

/**
 * Lets only such policies be changed over the API as are not kept in the configuration.
 *
 * @throws {S3Error} `AccessDenied` that says where the policy is kept
 */
export function demandChangeablePolicy(
  { name }: Pick<Bucket, "name">,
  { policies }: Pick<AccessRules, "policies">,
): void {
  const kept = policies.get(name);
  if (kept === undefined) return;
  throw new S3Error(
    "AccessDenied",
    `The policy of this bucket is kept in the configuration (${kept.source}) and cannot be changed ` +
      "over the API.",
  );
}
