/**
 * What the patterns of a statement mean: actions, buckets, objects.
 *
 * @module
 */
import type { ActionTarget } from "./action_names.ts";
import { ACTIONS } from "./actions.ts";
import type { Elements, Statement } from "./document.ts";
import { parseTemplate } from "./variables.ts";
import { compileWildcard } from "./wildcard.ts";

/** Every action of S3 that a pattern such as `s3:Put*` means; actions are compared without case. */
export function actionsLike(pattern: string): readonly string[] {
  const matches = compileWildcard([{ text: pattern.toLowerCase(), isLiteral: false }]);
  return NAMES.filter(([folded]) => matches(folded)).map(([, name]) => name);
}

/** Every action of S3 that `Action` or `NotAction` means. */
export function actionsOf({ patterns, negated }: Elements<string>): readonly string[] {
  const meant = new Set(patterns.flatMap(actionsLike));
  return [...ACTIONS.keys()].filter((action) => meant.has(action) !== negated);
}

/** What the patterns of `Resource` or `NotResource` can mean. */
export function targetsOf({ patterns, negated }: Elements<string>): ReadonlySet<ActionTarget> {
  const targets = new Set<ActionTarget>();
  if (negated || patterns.some(canBeBucket)) targets.add("bucket");
  if (negated || patterns.some(canBeObject)) targets.add("object");
  return targets;
}

/** Whether an action is done to one of the targets. */
export function isDoneTo(targets: ReadonlySet<ActionTarget>, action: string): boolean {
  const on = ACTIONS.get(action)?.on;
  return on !== undefined && targets.has(on);
}

/** Whether an action is done to a bucket or an object that the statement names. */
export function reaches({ resources }: Pick<Statement, "resources">, action: string): boolean {
  return isDoneTo(targetsOf(resources), action);
}

const NAMES = [...ACTIONS.keys()].map((name) => [name.toLowerCase(), name] as const);

/** A bucket's name has no slash. */
function canBeBucket(pattern: string): boolean {
  return !fixedText(pattern).includes("/");
}

/** A slash is there, or can be. */
function canBeObject(pattern: string): boolean {
  return fixedText(pattern).includes("/") || /[*?]|\$\{/.test(pattern);
}

/** A pattern without its variables, whose names may hold slashes. */
function fixedText(pattern: string): string {
  return parseTemplate(pattern).map((part) => "text" in part ? part.text : "").join("");
}
