import assert from "node:assert/strict";
import { type Reading, readPromql } from "./promql_selectors.ts";

const selector = (metric: string, ...matchers: readonly (readonly [string, string, string])[]) => ({
  metric,
  matchers: matchers.map(([label, operator, value]) => ({ label, operator, value })),
});

const EXPRESSIONS: Readonly<Record<string, Reading>> = {
  "up": { selectors: [selector("up")], groupedBy: [] },
  'rate(a_total{x="1", y=~"2|}"}[5m]) > 0.05': {
    selectors: [selector("a_total", ["x", "=", "1"], ["y", "=~", "2|}"])],
    groupedBy: [],
  },
  "histogram_quantile(0.95, sum by (le, x) (rate(a_bucket[$__rate_interval])))": {
    selectors: [selector("a_bucket")],
    groupedBy: ["le", "x"],
  },
  "deriv(sum(a)[6h:5m]) * 86400": { selectors: [selector("a")], groupedBy: [] },
  "sum(a) by (x) / on (x) group_left () b == 0 or absent(c offset 15m)": {
    selectors: [selector("a"), selector("b"), selector("c")],
    groupedBy: ["x", "x"],
  },
  'topk(3, a{x!="by (y)"}) unless b': {
    selectors: [selector("a", ["x", "!=", "by (y)"]), selector("b")],
    groupedBy: [],
  },
};

for (const [expression, reading] of Object.entries(EXPRESSIONS)) {
  Deno.test(`what ${expression} reads is found`, () => {
    assert.deepEqual(readPromql(expression), reading);
  });
}
