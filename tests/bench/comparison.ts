import { type Load, type LoadResult, send } from "./load.ts";

/** Two sides under the same load; medians over the rounds. */
export interface Comparison {
  readonly name: string;
  /** What the ratio compares. */
  readonly unit: "requests/s" | "MB/s";
  readonly baseline: Measured;
  readonly measured: Measured;
  /** Measured rate over the baseline's: the median of the rounds' own ratios. */
  readonly ratio: number;
  /** What the ratio is to reach, where there is such a goal. */
  readonly goal?: number;
}

/** A side's figures. */
export interface Measured {
  readonly rate: number;
  /** Latency in milliseconds. */
  readonly median: number;
  readonly p99: number;
}

export interface ComparisonOptions {
  readonly name: string;
  readonly unit: Comparison["unit"];
  readonly baseline: Load;
  readonly measured: Load;
  readonly rounds: number;
  readonly goal?: number;
}

/**
 * Runs both loads in turn, round after round, and changes who goes first, so that a machine that
 * grows slower or faster meanwhile does so for both.
 */
export async function compare(options: ComparisonOptions): Promise<Comparison> {
  const { name, unit, goal } = options;
  const [baselines, measurements]: [LoadResult[], LoadResult[]] = [[], []];
  await send(warmUp(options.baseline));
  await send(warmUp(options.measured));
  for (let round = 0; round < options.rounds; round++) {
    if (round % 2 === 1) measurements.push(await send(options.measured));
    baselines.push(await send(options.baseline));
    if (round % 2 === 0) measurements.push(await send(options.measured));
  }
  const rate = (result: LoadResult) =>
    (unit === "MB/s" ? result.bytes / 1e6 : result.requests) / result.seconds;
  const summary = (results: readonly LoadResult[]): Measured => ({
    rate: median(results.map(rate)),
    median: median(results.map((result) => result.median)),
    p99: median(results.map((result) => result.p99)),
  });
  const ratios = measurements.map((result, round) => {
    const baseline = baselines[round];
    return baseline ? rate(result) / rate(baseline) : NaN;
  });
  const ratio = median(ratios);
  return { name, unit, baseline: summary(baselines), measured: summary(measurements), ratio, goal };
}

function warmUp(load: Load): Load {
  return { ...load, seconds: Math.min(load.seconds, 0.3), requests: 1 };
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = NaN, high = NaN] = [sorted[middle - 1], sorted[middle]];
  return sorted.length % 2 === 1 ? high : (low + high) / 2;
}
