import { isJsonObject, type Json, type JsonObject } from "../../eventlog/json.ts";

/**
 * What an object has of what a manifest says: members that the manifest does not speak of are left
 * out. An item of a list is found by what names it, so that items that others have put beside it do
 * not matter; a list without names is taken as it is.
 *
 * @param found the object, or a part of it
 * @returns `undefined` where there is nothing of it
 */
export function project(manifest: Json, found: Json | undefined): Json | undefined {
  if (isJsonObject(manifest) && isJsonObject(found)) return projectObject(manifest, found);
  if (!Array.isArray(manifest)) return found;
  // API servers leave out lists without items.
  if (found === undefined) return manifest.length === 0 ? [] : undefined;
  const isNamed = manifest.length > 0 && manifest.every((item) => nameOf(item) !== undefined);
  if (!Array.isArray(found) || !isNamed) return found;
  return manifest.map((item) => {
    const name = nameOf(item);
    return project(item, found.find((other) => nameOf(other) === name)) ?? null;
  });
}

function projectObject(manifest: JsonObject, found: JsonObject): JsonObject {
  const members = Object.entries(manifest)
    .map(([name, member]) => [name, project(member, found[name])] as const)
    .filter((entry): entry is readonly [string, Json] => entry[1] !== undefined);
  return Object.fromEntries(members);
}

/**
 * What names an item of a list.
 * Source: Kubernetes API conventions, `listMapKeys` of owner references, mounts and containers.
 */
const NAMES = ["uid", "mountPath", "name"] as const;

function nameOf(item: Json): string | undefined {
  if (!isJsonObject(item)) return undefined;
  const name = NAMES.map((key) => item[key]).find((value) => value !== undefined);
  return typeof name === "string" ? name : undefined;
}
