/**
 * What can be done in S3, to what, and which condition keys that carries.
 * Source: "Actions, resources, and condition keys for Amazon S3" in the service authorization
 * reference.
 *
 * @module
 */
import { ACTION_NAMES, type ActionTarget } from "./action_names.ts";
import { KEY_CARRIERS } from "./key_carriers.ts";

/** An action of S3. */
export interface ActionRow {
  /** As AWS writes it: `s3:PutObject`. */
  readonly name: string;
  readonly on: ActionTarget;
  /** Keys besides those that every action carries, in lower case; a tag's ends in `/`. */
  readonly keys: ReadonlySet<string>;
}

/** Every action of S3, by its name: `s3:PutObject`. */
export const ACTIONS: ReadonlyMap<string, ActionRow> = new Map(
  [...rowsOn("service"), ...rowsOn("bucket"), ...rowsOn("object"), ...rowsOn("other")]
    .map((row) => [row.name, row]),
);

/**
 * Whether requests for an action can have a value for a condition key at all. Keys of AWS as a whole
 * (`aws:`…) come with every action.
 *
 * @param action as in {@link ACTIONS}
 * @param key with the key of a tag behind it, if it has one; case does not matter
 */
export function carriesKey(action: string, key: string): boolean {
  return carriers(key)(action);
}

/** {@link carriesKey} of one key, for many actions. */
export function carriers(key: string): (action: string) => boolean {
  const name = withoutTag(key.toLowerCase());
  if (name.startsWith("aws:") || OF_EVERY_ACTION.has(name)) return () => true;
  return (action) => ACTIONS.get(action)?.keys.has(name) ?? false;
}

/** The reference leaves some of them out here and there; S3 has them for every request. */
const OF_EVERY_ACTION: ReadonlySet<string> = new Set([
  "s3:accessgrantsinstancearn",
  "s3:accesspointnetworkorigin",
  "s3:accesspointtag/",
  "s3:authtype",
  "s3:buckettag/",
  "s3:dataaccesspointaccount",
  "s3:dataaccesspointarn",
  "s3:resourceaccount",
  "s3:signatureage",
  "s3:signatureversion",
  "s3:tlsversion",
  "s3:x-amz-content-sha256",
]);

/** `s3:existingobjecttag/` of `s3:existingobjecttag/team`. */
function withoutTag(key: string): string {
  const slash = key.indexOf("/");
  return slash < 0 ? key : key.slice(0, slash + 1);
}

function rowsOn(on: ActionTarget): readonly ActionRow[] {
  return words(ACTION_NAMES[on]).map((name) => ({ name: `s3:${name}`, on, keys: keysOf(name) }));
}

function keysOf(action: string): ReadonlySet<string> {
  const carried = KEY_CARRIERS.filter(([, actions]) => words(actions).includes(action));
  return new Set(carried.flatMap(([keys]) => words(keys.toLowerCase())));
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
