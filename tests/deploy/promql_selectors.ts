/**
 * What a PromQL expression reads. It is not a parser: whether an expression is one is for Prometheus
 * to say, in the end-to-end tests.
 * Source: Prometheus documentation, "Querying basics" and "Operators".
 *
 * @module
 */

/** A series that is selected, with the labels it is selected by. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

/** `label="value"`. */
export interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

/** What an expression reads, and the labels that it groups and joins by. */
export interface Reading {
  readonly selectors: readonly Selector[];
  readonly groupedBy: readonly string[];
}

const TOKEN = /"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[a-zA-Z_:][\w:]*|\d[\w.]*|=~|!~|!=|==|>=|<=|\S/g;
const NAME = /^[a-zA-Z_:]/;

/** Words before a list of labels in parentheses. */
const GROUPING: ReadonlySet<string> = new Set(["by", "without", "on", "ignoring"]);

const WORDS: ReadonlySet<string> = new Set([
  ...["and", "or", "unless", "bool", "offset", "Inf", "NaN"],
  ...["group_left", "group_right", ...GROUPING],
]);

/** Finds every selector of an expression, and every label that it groups by. */
export function readPromql(expression: string): Reading {
  const tokens: readonly string[] = expression.match(TOKEN) ?? [];
  const selectors: Selector[] = [];
  const groupedBy: string[] = [];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at] ?? "";
    if (GROUPING.has(token)) {
      const end = tokens.indexOf(")", at);
      groupedBy.push(...tokens.slice(at + 2, end).filter((word) => word !== ","));
      at = end;
    } else if (isMetric(tokens, at)) {
      const end = tokens[at + 1] === "{" ? tokens.indexOf("}", at) : at;
      selectors.push({ metric: token, matchers: matchersIn(tokens.slice(at + 2, end)) });
      at = end;
    }
  }
  return { selectors, groupedBy };
}

/** A name is of a metric unless it calls something, or aggregates. */
function isMetric(tokens: readonly string[], at: number): boolean {
  const [token = "", next = ""] = [tokens[at], tokens[at + 1]];
  return NAME.test(token) && !WORDS.has(token) && next !== "(" && !GROUPING.has(next);
}

function matchersIn(tokens: readonly string[]): readonly Matcher[] {
  const words = tokens.filter((token) => token !== ",");
  const matchers: Matcher[] = [];
  for (let at = 0; at + 2 < words.length; at += 3) {
    const [label = "", operator = "", value = ""] = words.slice(at, at + 3);
    matchers.push({ label, operator, value: value.slice(1, -1) });
  }
  return matchers;
}
