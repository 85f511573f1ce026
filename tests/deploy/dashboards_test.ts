import assert from "node:assert/strict";
import { readAlerts } from "./alerts.ts";
import {
  type Dashboard,
  labelValues,
  type Panel,
  queriesOf,
  readDashboards,
} from "./dashboards.ts";
import { EXPORTED, TARGET_LABELS } from "./exported_metrics.ts";
import { readPromql } from "./promql_selectors.ts";
import { queryFaults } from "./query_faults.ts";

const DASHBOARDS: ReadonlyMap<string, Dashboard> = await readDashboards();

/** Variables that Grafana knows by itself. */
const OF_GRAFANA: ReadonlySet<string> = new Set(["__all", "__rate_interval", "__range"]);

Deno.test("the dashboards have the names by which others link to them", () => {
  assert.deepEqual(
    [...DASHBOARDS].map(([file, { uid }]) => [file, uid]),
    [["event-log-operator.json", "holdfast-log-operator"], ["s3-proxy.json", "munchbox-s3-proxy"]],
  );
});

Deno.test("every metric that is exported is on a dashboard", () => {
  const shown = new Set(
    [...DASHBOARDS.values()].flatMap(queriesOf).flatMap(({ expression }) =>
      readPromql(expression).selectors.map(({ metric }) => metric)
    ),
  );
  const missing = [...EXPORTED].filter(([name, { type }]) =>
    type === "histogram" ? !shown.has(`${name}_bucket`) : !shown.has(name)
  );
  assert.deepEqual(missing.map(([name]) => name), ["s3proxy_build_info"]);
});

Deno.test("two installations with a leader each are not two leaders", () => {
  const leaders = [...DASHBOARDS.values()].flatMap(queriesOf)
    .filter(({ place }) => place === "Leaders (A)");
  assert.equal(leaders.length, 1);
  assert.match(leaders[0]!.expression, /^sum by \(namespace\) \(/);
});

for (const [file, dashboard] of DASHBOARDS) {
  const { panels, templating, links } = dashboard;

  Deno.test(`${file}: every query asks for what is exported, and says of which targets`, () => {
    for (const { place, expression } of queriesOf(dashboard)) {
      assert.deepEqual(queryFaults(expression), [], `${place}: ${expression}`);
      const { selectors } = readPromql(expression);
      if (place.startsWith("$") || place.startsWith("annotation")) continue;
      for (const { matchers } of selectors) {
        const chosen = matchers.filter(({ value }) => value.startsWith("$"));
        assert.deepEqual(
          chosen.map(({ label, operator, value }) => `${label}${operator}${value}`),
          ["namespace=~$namespace", "job=~$job", "instance=~$instance"],
          `${place}: ${expression}`,
        );
      }
    }
  });

  Deno.test(`${file}: a legend names only labels that its query leaves`, () => {
    for (const panel of panels) {
      if (panel.type === "row") continue;
      for (const { expr, legendFormat } of panel.targets) {
        const { groupedBy } = readPromql(expr);
        for (const [, label = ""] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) {
          assert.ok(groupedBy.includes(label), `${panel.title}: ${label}`);
        }
      }
    }
  });

  Deno.test(`${file}: every variable is there, and is used`, () => {
    const defined = templating.list.map(({ name }) => name);
    const used = new Set(
      [...JSON.stringify(dashboard).matchAll(/\$\{?(\w+)/g)].map(([, name = ""]) => name),
    );
    assert.deepEqual([...used].filter((name) => !OF_GRAFANA.has(name)).sort(), defined.sort());
    for (const variable of templating.list) {
      if (variable.type !== "query") continue;
      assert.equal(variable.query.query, variable.definition);
      assert.ok(TARGET_LABELS.has(labelValues(variable.definition).label));
    }
  });

  Deno.test(`${file}: panels have ids and titles of their own, and units`, () => {
    const ids = panels.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
    const titles = panels.map(({ title, type }) => type === "row" ? `row ${title}` : title);
    assert.equal(new Set(titles).size, titles.length);
    for (const panel of panels) {
      if (panel.type === "row" || panel.type === "table" || panel.type === "state-timeline") {
        continue;
      }
      assert.ok(panel.fieldConfig.defaults.unit, `${panel.title} has no unit`);
      const refs = panel.targets.map(({ refId }) => refId);
      assert.equal(new Set(refs).size, refs.length, panel.title);
    }
  });

  Deno.test(`${file}: panels lie beside and below each other, within 24 columns`, () => {
    for (const panel of panels) {
      const { x, w } = panel.gridPos;
      assert.ok(x + w <= 24, `${panel.title} is too far to the right`);
      const over = panels.filter((other) => other.id !== panel.id && overlap(panel, other));
      assert.deepEqual(over.map(({ title }) => title), [], `lie over ${panel.title}`);
    }
  });

  Deno.test(`${file}: it links to dashboards that are there`, () => {
    const there = [...DASHBOARDS.values()].map(({ uid }) => `/d/${uid}`);
    for (const { url } of links) assert.ok(there.includes(url), url);
  });
}

/** Panels that draw where an alert is, by their titles. */
const DRAWN: Readonly<Record<string, readonly string[]>> = {
  "95th percentile by operation": ["S3ProxyLatencyHigh"],
  "Failed attempts on the lease": ["RynxsLeaderElectionFailuresHigh"],
  "Failed, of all, by backend": ["S3ProxyBackendFailuresHigh"],
  "Failed, of all, by method": ["S3ProxyErrorRateHigh"],
  "Quota used": ["S3ProxyQuotaHigh", "S3ProxyQuotaCritical"],
  "Quota used, over time": ["S3ProxyQuotaHigh", "S3ProxyQuotaCritical"],
  "Replays, duration": ["RynxsReplayDurationHigh"],
  "Writes that fail, by kind": ["RynxsEventStoreErrorsHigh"],
};

const ALL_PANELS = [...DASHBOARDS.values()].flatMap(({ panels }) => panels);

for (const [title, alerts] of Object.entries(DRAWN)) {
  Deno.test(`"${title}" draws the threshold of ${alerts.join(" and ")}`, async () => {
    const rules = await readAlerts();
    const thresholds = alerts.map((name) => {
      const { expr } = rules.find(({ alert }) => alert === name) ?? assert.fail(name);
      return Number(/> ([\d.]+)\s*$/.exec(expr)?.[1]);
    });
    const [panel] = ALL_PANELS.filter((each) => each.title === title);
    assert(panel !== undefined && panel.type !== "row");
    const steps = panel.fieldConfig.defaults.thresholds?.steps ?? [];
    assert.deepEqual(steps.flatMap(({ value }) => value ?? []), thresholds);
  });
}

function overlap({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
