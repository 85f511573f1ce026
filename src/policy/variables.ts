/**
 * Policy variables: `${aws:username}`, with a default as `${aws:username, 'nobody'}`, and the
 * literals `${*}`, `${?}`, `${$}`. Only policies of version 2012-10-17 have them.
 * Source: "IAM policy elements: Variables and tags" in the IAM user guide.
 *
 * @module
 */
import type { PatternPart } from "./wildcard.ts";

/** A text with variables in it. */
export type Template = readonly TemplatePart[];

/** A piece of a template. */
export type TemplatePart = PatternPart | Variable;

/** Stands for the value of a key. */
export interface Variable {
  /** Name of a condition key, as written. */
  readonly key: string;
  /** Used where a request does not have the key. */
  readonly fallback?: string;
}

/** Takes a text apart. What is not a variable by its form stays text. */
export function parseTemplate(text: string): Template {
  const parts: TemplatePart[] = [];
  let end = 0;
  for (const { 0: found, 1: literal, 2: key, 3: fallback, index } of text.matchAll(VARIABLE)) {
    if (index > end) parts.push({ text: text.slice(end, index), isLiteral: false });
    if (literal !== undefined) parts.push({ text: literal, isLiteral: true });
    else if (key !== undefined) parts.push({ key, fallback });
    end = index + found.length;
  }
  if (end < text.length || parts.length === 0) {
    parts.push({ text: text.slice(end), isLiteral: false });
  }
  return parts;
}

/** A text in which `${` has no meaning, as in policies of version 2008-10-17. */
export function plainTemplate(text: string): Template {
  return [{ text, isLiteral: false }];
}

/** The parts of a template without variables; `undefined` if it has one. */
export function fixedParts(template: Template): readonly PatternPart[] | undefined {
  const parts = template.filter((part) => "text" in part);
  return parts.length === template.length ? parts : undefined;
}

/**
 * A template with the values of its variables in place, as literal text.
 *
 * @param valueOf the one value of a key; `undefined` where the request has none
 * @returns `undefined` where a variable has neither a value nor a default
 */
export function resolveTemplate(
  template: Template,
  valueOf: (key: string) => string | undefined,
): readonly PatternPart[] | undefined {
  const parts: PatternPart[] = [];
  for (const part of template) {
    if ("text" in part) {
      parts.push(part);
      continue;
    }
    const text = valueOf(part.key) ?? part.fallback;
    if (text === undefined) return undefined;
    parts.push({ text, isLiteral: true });
  }
  return parts;
}

/** Whether a `${` in it begins no variable: a brace or a quote is missing, or the name. */
export function hasBrokenVariable(text: string): boolean {
  return parseTemplate(text).some((part) =>
    "text" in part && !part.isLiteral && part.text.includes("${")
  );
}

// Every character class ends where the next variable could begin, so it reads each part once.
const VARIABLE = /\$\{(?:([*?$])|([^\s${},']+)(?:,\s*'([^']*)')?)\}/g;
