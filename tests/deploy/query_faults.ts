/**
 * Whether a query asks for what is there to be had.
 *
 * @module
 */
import { LABEL_VALUES, labelsOfSeries, TARGET_LABELS } from "./exported_metrics.ts";
import { type Matcher, readPromql, type Selector } from "./promql_selectors.ts";

/** What is wrong with a query: metrics that nobody exports, and labels that these do not have. */
export function queryFaults(expression: string): readonly string[] {
  const { selectors, groupedBy } = readPromql(expression);
  if (selectors.length === 0) return ["it reads nothing"];
  const there = new Set([
    ...TARGET_LABELS,
    ...selectors.flatMap(({ metric }) => labelsOfSeries(metric) ?? []),
  ]);
  return [
    ...selectors.flatMap(selectorFaults),
    ...groupedBy.filter((label) => !there.has(label)).map((label) => `nothing has label ${label}`),
  ];
}

function selectorFaults({ metric, matchers }: Selector): readonly string[] {
  const labels = labelsOfSeries(metric);
  if (labels === undefined) return [`nobody exports ${metric}`];
  return matchers.flatMap((matcher) =>
    TARGET_LABELS.has(matcher.label) || labels.includes(matcher.label)
      ? valueFaults(matcher)
      : [`${metric} has no label ${matcher.label}`]
  );
}

function valueFaults({ label, operator, value }: Matcher): readonly string[] {
  const known = LABEL_VALUES[label];
  if (known === undefined || value.startsWith("$")) return [];
  const given = operator.endsWith("~") ? value.split("|") : [value];
  return given.filter((each) => !known.includes(each)).map((each) => `${label} is never ${each}`);
}
