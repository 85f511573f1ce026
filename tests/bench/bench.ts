/**
 * `deno task bench [FILE]`: Holdfast in front of MinIO against MinIO itself, in one run on one
 * machine, and what a decision by a policy costs, as a table and as JSON in FILE (default
 * `dist/bench.json`).
 *
 * @module
 */
import { dirname } from "node:path";
import type { Comparison } from "./comparison.ts";
import { listings } from "./listings.ts";
import { MEMORY_GOAL, type MemoryGrowth, memoryGrowth } from "./memory.ts";
import { DECISION_GOAL, type DecisionCost, decisionCosts } from "./policy.ts";
import { type Sides, startSides } from "./sides.ts";
import { transfers } from "./transfers.ts";

const EFFORT = { seconds: 2, rounds: 3 };
const COLUMNS = [62, 12, 12, 11, 8, 20];

await bench(Deno.args[0] ?? "dist/bench.json");

async function bench(file: string): Promise<void> {
  console.log(`${navigator.hardwareConcurrency} cores, Deno ${Deno.version.deno}`);
  const decisions = decisionCosts();
  for (const cost of decisions) console.log(decisionRow(cost));
  await using sides = await startSides();
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
  await Deno.mkdir(dirname(file), { recursive: true });
  await Deno.writeTextFile(
    file,
    JSON.stringify({ ...circumstances(), decisions, memory, comparisons }, null, 2),
  );
  console.log(`written to ${file}`);
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
