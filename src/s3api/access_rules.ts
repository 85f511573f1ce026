/**
 * What the configuration says about access, beside credentials.
 *
 * @module
 */

/** A policy that the configuration keeps, out of reach of the API. */
export interface KeptPolicy {
  /** Where it was read from, for messages. */
  readonly source: string;
  /** JSON, as in the file, with the bucket's name put in. */
  readonly document: string;
}

/** What the configuration says about access. */
export interface AccessRules {
  /** Twelve digits: the account in the ARNs of users. */
  readonly account: string;
  /** Policies of the configuration, by bucket. */
  readonly policies: ReadonlyMap<string, KeptPolicy>;
  /** Names of the users who own the buckets of the configuration, by bucket. */
  readonly owners: ReadonlyMap<string, string>;
  /** Addresses and CIDR ranges of the proxies that are believed about clients. */
  readonly trustedProxies: readonly string[];
  /** Origins whose pages may use a bucket, by bucket; none without it. */
  readonly origins?: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Of a configuration that says nothing. */
export const NO_RULES: AccessRules = {
  account: "000000000000",
  policies: new Map(),
  owners: new Map(),
  trustedProxies: [],
};
