import type { Statement } from "../document.ts";
import { targetsOf } from "../reach.ts";
import { parseTemplate } from "../variables.ts";

/** A user whom no policy is likely to name. */
export const SOMEBODY = "somebody-else";

/**
 * Some of the objects that a statement means, as {@link SOMEBODY} reaches them: one for each pattern
 * of `Resource`; one that no pattern of `NotResource` is likely to name.
 */
export function objectsOf({ resources: { patterns, negated } }: Statement): readonly string[] {
  const objects = patterns.filter(canBeObject).map(objectLike);
  return negated ? objects.map((object) => `${object.split("/", 1)[0]}/${SOMEBODY}`) : objects;
}

function canBeObject(pattern: string): boolean {
  return targetsOf({ negated: false, patterns: [pattern] }).has("object");
}

/** The pattern with something in place of each wildcard and variable. */
function objectLike(pattern: string): string {
  if (pattern === "*") return "arn:aws:s3:::x/x";
  const parts = parseTemplate(pattern).map((part) => {
    if ("key" in part) return part.fallback ?? SOMEBODY;
    return part.isLiteral ? part.text : part.text.replaceAll("?", "x");
  });
  const written = parts.join("");
  const star = written.includes("/") ? "x" : "x/x";
  return written.replace("*", star).replaceAll("*", "x");
}
