/** A figure beside what it is held against; both of the same run. */
export interface Figure {
  readonly name: string;
  readonly unit: "events/s" | "MiB" | "replays/s" | "requests/s";
  readonly baseline: number;
  readonly measured: number;
  /** Measured over baseline. */
  readonly ratio: number;
  /** What the ratio is to reach, or not to pass. */
  readonly goal?: { readonly least: number } | { readonly most: number };
}

/** Makes a figure; rates of events unless another unit is given. */
export function figure(
  name: string,
  baseline = NaN,
  measured = NaN,
  goal?: Figure["goal"],
  unit: Figure["unit"] = "events/s",
): Figure {
  return { name, unit, baseline, measured, ratio: measured / baseline, goal };
}

/** How often a second something happens that happens `count` times in a run. */
export async function rate(count: number, run: () => Promise<void>): Promise<number> {
  const begin = performance.now();
  await run();
  return count / (performance.now() - begin) * 1_000;
}

/** The value in the middle. */
export function median(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[values.length >> 1] ?? NaN;
}
