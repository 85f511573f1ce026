/**
 * `deno task bench [--only policy|log|evidence|operator|s3] [FILE]`: what a decision by a policy costs, the log of
 * events beside bare writes and a loop in Python, evidence beside its parts, an operator's
 * replay as the log grows, and Holdfast in front of MinIO against MinIO
 * itself, in one run on one machine, as a table and as JSON in FILE (default `dist/bench.json`).
 *
 * @module
 */
import { dirname } from "node:path";
import { parseArgs } from "node:util";
import type { Comparison } from "./comparison.ts";
import { logFigures } from "./event_log.ts";
import { evidenceFigures } from "./evidence.ts";
import type { Figure } from "./figure.ts";
import { listings } from "./listings.ts";
import { MEMORY_GOAL, type MemoryGrowth, memoryGrowth } from "./memory.ts";
import { operatorFigures } from "./operator.ts";
import { DECISION_GOAL, type DecisionCost, decisionCosts } from "./policy.ts";
import { type Sides, startSides } from "./sides.ts";
import { transfers } from "./transfers.ts";

const EFFORT = { seconds: 2, rounds: 3 };
const COLUMNS = [62, 12, 12, 11, 8, 20];

/** What can be measured, in the order in which it is. */
const PARTS: Readonly<Record<string, (sides: () => Promise<Sides>) => Promise<unknown>>> = {
  policy: () => Promise.resolve(policyPart()),
  log: async (sides) => await shown(logFigures((await sides()).direct)),
  evidence: () => shown(evidenceFigures()),
  operator: () => shown(operatorFigures()),
  s3: async (sides) => await s3Part(await sides()),
};

const { values: { only }, positionals: [file = "dist/bench.json"] } = parseArgs({
  args: Deno.args,
  options: { only: { type: "string" } },
  allowPositionals: true,
});
const parts = Object.entries(PARTS).filter(([name]) => only === undefined || name === only);
if (parts.length === 0) throw new Error(`--only takes ${Object.keys(PARTS).join(", ")}`);
await bench(parts, file);

async function bench(chosen: typeof parts, path: string): Promise<void> {
  console.log(`${navigator.hardwareConcurrency} cores, Deno ${Deno.version.deno}`);
  await using resources = new AsyncDisposableStack();
  let started: Promise<Sides> | undefined;
  const sides = () => started ??= startSides().then((both) => resources.use(both));
  const figures: Record<string, unknown> = {};
  for (const [name, measure] of chosen) figures[name] = await measure(sides);
  await Deno.mkdir(dirname(path), { recursive: true });
  await Deno.writeTextFile(path, JSON.stringify({ ...circumstances(), ...figures }, null, 2));
  console.log(`written to ${path}`);
}

function policyPart(): readonly DecisionCost[] {
  const decisions = decisionCosts();
  for (const cost of decisions) console.log(decisionRow(cost));
  return decisions;
}

async function shown(measured: AsyncIterable<Figure>): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  console.log(row(["", "baseline", "Holdfast", "", "ratio"]));
  for await (const figure of measured) {
    figures.push(figure);
    console.log(figureRow(figure));
  }
  return figures;
}

async function s3Part(sides: Sides) {
  const memory: MemoryGrowth[] = [];
  for await (const growth of memoryGrowth(sides)) {
    memory.push(growth);
    console.log(memoryRow(growth));
  }
  console.log(row(["", "baseline", "Holdfast", "", "ratio", "median, p99 in ms"]));
  const comparisons: Comparison[] = [];
  for await (const comparison of measurements(sides)) {
    comparisons.push(comparison);
    console.log(tableRow(comparison));
  }
  return { memory, comparisons };
}

async function* measurements(sides: Sides): AsyncGenerator<Comparison> {
  yield* listings(sides, EFFORT);
  yield* transfers(sides, EFFORT);
}

function circumstances() {
  return {
    at: new Date().toISOString(),
    cores: navigator.hardwareConcurrency,
    deno: Deno.version.deno,
    effort: EFFORT,
  };
}

function tableRow({ name, unit, baseline, measured, ratio, goal }: Comparison): string {
  const verdict = goal === undefined ? "" : ratio >= goal ? " ✓" : ` < ${goal.toFixed(2)}`;
  const latency = `${measured.median.toFixed(1)}, ${measured.p99.toFixed(1)}`;
  const figures = [figure(baseline.rate), figure(measured.rate), unit];
  return row([name, ...figures, ratio.toFixed(2), latency]) + verdict;
}

function figureRow({ name, unit, baseline, measured, ratio, goal }: Figure): string {
  const cells = [name, figure(baseline), figure(measured), unit, ratio.toFixed(2)];
  return row(cells) + (goal === undefined ? "" : verdictOn(ratio, goal));
}

function verdictOn(ratio: number, goal: NonNullable<Figure["goal"]>): string {
  if ("least" in goal) return ratio >= goal.least ? " ✓" : ` < ${goal.least}`;
  return ratio <= goal.most ? " ✓" : ` > ${goal.most}`;
}

function memoryRow({ name, atStart, peak, growth }: MemoryGrowth): string {
  const [start, most, more, goal] = [atStart, peak, growth, MEMORY_GOAL]
    .map((bytes) => `${Math.round(bytes / 1024 / 1024)} MiB`);
  const verdict = growth < MEMORY_GOAL ? "✓" : "too much";
  return `resident memory, ${name}: ${start} → ${most}, +${more} (goal +${goal}) ${verdict}`;
}

function decisionRow({ statements, outcome, median, p99 }: DecisionCost): string {
  const verdict = statements !== 100 ? "" : median < DECISION_GOAL ? " ✓" : " too much";
  const figures = `${median.toFixed(1)} µs, p99 ${p99.toFixed(1)} µs`;
  return `a policy of ${statements} decides "${outcome}": median ${figures}${verdict}`;
}

function row(cells: readonly string[]): string {
  return cells.map((cell, index) => {
    const width = COLUMNS[index] ?? 0;
    return index === 0 ? cell.padEnd(width) : cell.padStart(width);
  }).join("");
}

function figure(rate: number): string {
  return rate.toLocaleString("en", { maximumFractionDigits: rate < 100 ? 1 : 0 });
}
