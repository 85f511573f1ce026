/**
 * The dashboards under `deploy/grafana`, as Grafana reads them when they are imported.
 * Source: Grafana documentation, "Dashboard JSON model"; version 42 of its schema (`@grafana/schema`
 * 13).
 *
 * @module
 */
import { join } from "node:path";
import { z } from "zod";
import { REPOSITORY } from "../harness/server.ts";
import { filesIn } from "./alerts.ts";

/** Where the dashboards are. */
export const DASHBOARDS_DIRECTORY: string = join(REPOSITORY, "deploy/grafana");

/** Whichever Prometheus the reader has chosen. */
const DATASOURCE = z.strictObject({
  type: z.literal("prometheus"),
  uid: z.literal("${datasource}"),
});

const THRESHOLDS = z.strictObject({
  mode: z.literal("absolute"),
  steps: z.array(z.strictObject({ value: z.number().nullable(), color: z.string() })).min(1)
    .refine((steps) => steps[0]?.value === null, "the first step begins anywhere")
    .refine(
      (steps) =>
        steps.slice(2).every(({ value }, at) => (value ?? 0) > (steps[at + 1]?.value ?? 0)),
      "the steps rise",
    ),
});

const TARGET = z.strictObject({
  refId: z.string().regex(/^[A-Z]$/),
  datasource: DATASOURCE,
  expr: z.string(),
  legendFormat: z.string(),
  format: z.enum(["time_series", "heatmap", "table"]),
  editorMode: z.literal("code"),
  instant: z.boolean(),
  range: z.boolean(),
});

const GRID = z.strictObject({
  x: z.int().min(0),
  y: z.int().min(0),
  w: z.int().min(1).max(24),
  h: z.int().min(1),
});

const ROW = z.strictObject({
  id: z.int().positive(),
  type: z.literal("row"),
  title: z.string().min(1),
  collapsed: z.literal(false),
  gridPos: GRID,
  panels: z.tuple([]),
});

const CHART = z.strictObject({
  id: z.int().positive(),
  type: z.enum(["timeseries", "stat", "heatmap", "bargauge", "state-timeline", "table"]),
  title: z.string().min(1),
  description: z.string().min(1).optional(),
  datasource: DATASOURCE,
  gridPos: GRID,
  fieldConfig: z.strictObject({
    defaults: z.strictObject({
      unit: z.string().optional(),
      min: z.number().optional(),
      max: z.number().optional(),
      color: z.strictObject({ mode: z.enum(["palette-classic", "thresholds"]) }).optional(),
      custom: z.record(z.string(), z.unknown()).optional(),
      mappings: z.array(z.unknown()).optional(),
      thresholds: THRESHOLDS.optional(),
    }),
    overrides: z.array(z.strictObject({
      matcher: z.strictObject({ id: z.literal("byName"), options: z.string() }),
      properties: z.array(z.strictObject({ id: z.string(), value: z.unknown() })).min(1),
    })),
  }),
  options: z.record(z.string(), z.unknown()),
  transformations: z.array(z.strictObject({ id: z.string(), options: z.unknown() })).optional(),
  targets: z.array(TARGET).min(1),
});

const PANEL = z.discriminatedUnion("type", [ROW, CHART]);

/** A panel. */
export type Panel = z.infer<typeof PANEL>;

const VARIABLE = z.discriminatedUnion("type", [
  z.looseObject({
    type: z.literal("datasource"),
    name: z.literal("datasource"),
    query: z.literal("prometheus"),
  }),
  z.looseObject({
    type: z.literal("query"),
    name: z.string().regex(/^[a-z]+$/),
    datasource: DATASOURCE,
    definition: z.string(),
    query: z.strictObject({ query: z.string(), refId: z.string() }),
    includeAll: z.literal(true),
    // So that a series without the label is shown, where Prometheus gives none.
    allValue: z.literal(".*"),
    multi: z.literal(true),
  }),
]);

const ANNOTATION = z.union([
  z.looseObject({ builtIn: z.literal(1) }),
  z.looseObject({ datasource: DATASOURCE, name: z.string(), expr: z.string() }),
]);

const DASHBOARD = z.object({
  // Grafana gives it one of its own; another one could be somebody else's already.
  id: z.null(),
  uid: z.string().regex(/^[a-z0-9-]{1,40}$/),
  title: z.string().min(1),
  tags: z.array(z.string()),
  schemaVersion: z.literal(42),
  timezone: z.literal(""),
  links: z.array(z.looseObject({ url: z.string().regex(/^\/d\/[a-z0-9-]+$/) })),
  annotations: z.strictObject({ list: z.array(ANNOTATION) }),
  templating: z.strictObject({ list: z.array(VARIABLE) }),
  panels: z.array(PANEL),
});

/** A dashboard. */
export type Dashboard = z.infer<typeof DASHBOARD>;

/** All dashboards, by file. Throws where one has another form than Grafana takes. */
export async function readDashboards(): Promise<ReadonlyMap<string, Dashboard>> {
  const files = await filesIn(DASHBOARDS_DIRECTORY);
  return new Map(
    await Promise.all(files.map(async (file) => {
      const text = await Deno.readTextFile(join(DASHBOARDS_DIRECTORY, file));
      return [file, DASHBOARD.parse(JSON.parse(text))] as const;
    })),
  );
}

/** A query, with the place where it stands. */
export interface DashboardQuery {
  readonly place: string;
  readonly expression: string;
}

/** Every query of a dashboard: of panels, of annotations, and the series of its variables. */
export function queriesOf(
  { panels, annotations, templating }: Dashboard,
): readonly DashboardQuery[] {
  return [
    ...panels.flatMap((panel) =>
      panel.type === "row" ? [] : panel.targets.map(({ expr, refId }) => ({
        place: `${panel.title} (${refId})`,
        expression: expr,
      }))
    ),
    ...annotations.list.flatMap((annotation) =>
      "expr" in annotation && typeof annotation.expr === "string"
        ? [{ place: `annotation ${annotation.name}`, expression: annotation.expr }]
        : []
    ),
    ...templating.list.flatMap((variable) =>
      variable.type === "query"
        ? [{ place: `$${variable.name}`, expression: labelValues(variable.definition).series }]
        : []
    ),
  ];
}

/** The two arguments of `label_values(series, label)`. */
export function labelValues(
  definition: string,
): { readonly series: string; readonly label: string } {
  const [, series, label] = /^label_values\((.+), (\w+)\)$/.exec(definition) ?? [];
  if (series === undefined || label === undefined) throw new Error(`${definition}: what is that?`);
  return { series, label };
}

/** What Grafana puts in for its own variables, and for the dashboard's when everything is chosen. */
export function withVariables(expression: string): string {
  return expression.replaceAll("$__rate_interval", "1m").replaceAll("$__range", "1h")
    .replaceAll(/"\$\w+"/g, '".*"');
}
