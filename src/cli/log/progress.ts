import process from "node:process";
// @ts-types="@types/cli-progress"
import { Presets, SingleBar } from "cli-progress";

/** Shows how far something is. Disposing of it takes it away again. */
export interface Progress<T> extends Disposable {
  /** Told of each thing that is done. */
  add(done: T): void;
}

/** Whether there is somebody who sees it. */
export function canShowProgress(): boolean {
  return Deno.stderr.isTerminal();
}

/** Shows nothing. */
export const NO_PROGRESS: Progress<unknown> = { add: () => {}, [Symbol.dispose]: () => {} };

/** In characters: with what stands behind it, it fits a terminal of 80 columns. */
const BAR_WIDTH = 30;

/** Asking the bar costs more than reading an event does. */
const THINGS_PER_UPDATE = 16;

/**
 * A bar on standard error.
 *
 * @param unit of the total: `events`
 * @param amountOf how much of the total a thing is
 */
export function startProgress<T>(
  unit: string,
  total: number,
  amountOf: (done: T) => number,
): Progress<T> {
  const bar = new SingleBar(
    {
      format: `{bar} {percentage}% | {value}/{total} ${unit} | ETA {eta_formatted}`,
      stream: process.stderr,
      barsize: BAR_WIDTH,
      // Nobody would undo what it does to the terminal when the program is interrupted.
      linewrap: true,
      clearOnComplete: true,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  let [amount, things] = [0, 0];
  return {
    add: (done) => {
      amount += amountOf(done);
      // What is appended meanwhile was not counted.
      if (++things % THINGS_PER_UPDATE === 0) bar.update(Math.min(amount, total));
    },
    [Symbol.dispose]: () => bar.stop(),
  };
}
