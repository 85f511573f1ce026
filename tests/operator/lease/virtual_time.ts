/** Time that passes as fast as it can, and processes that live in it. @module */
import { setImmediate } from "node:timers/promises";
import type { ElectionClock } from "../../../src/operator/lease/election_clock.ts";

interface Happening {
  readonly at: number;
  /** Of two at the same time the one with the lower number comes first. */
  readonly order: number;
  readonly owner: Machine | undefined;
  readonly run: () => void;
}

/** Where things happen at their times. Milliseconds. */
export class World {
  #now = 0;
  #order = 0;
  readonly #happenings: Happening[] = [];

  /** What nobody in this world can read. */
  get now(): number {
    return this.#now;
  }

  /** @param owner whose doing it is: it waits while that one is suspended, and dies with it */
  at(time: number, run: () => void, owner?: Machine): void {
    const happening = { at: Math.max(time, this.#now), order: this.#order++, owner, run };
    let [low, high] = [0, this.#happenings.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBefore(happening, this.#happenings[middle]!)) low = middle + 1;
      else high = middle;
    }
    this.#happenings.splice(low, 0, happening);
  }

  /** Lets everything happen up to a time; `check` sees the world after each. */
  async runUntil(time: number, check: () => void): Promise<void> {
    for (;;) {
      const next = this.#happenings.at(-1);
      if (next === undefined || next.at > time) break;
      this.#happenings.pop();
      this.#now = next.at;
      const { owner } = next;
      if (owner?.isDead === true) continue;
      if (owner !== undefined && owner.suspendedUntil > this.#now) {
        this.at(owner.suspendedUntil, next.run, owner);
        continue;
      }
      next.run();
      await setImmediate();
      check();
    }
    this.#now = time;
  }
}

function isBefore(one: Happening, other: Happening): boolean {
  return one.at === other.at ? one.order < other.order : one.at < other.at;
}

/** How wrong a machine's clocks are. */
export interface Clocks {
  /** Where the monotonic clock begins. Milliseconds. */
  readonly start: number;
  /** How fast it runs; 1 is right. */
  readonly rate: number;
  /** How far the wall clock is off. Milliseconds. */
  readonly skew: number;
}

/** Wall-clock time at which worlds begin. */
const BEGINNING = Date.UTC(2026, 0, 1);

/** Something with clocks of its own that can be suspended and killed. */
export class Machine implements ElectionClock {
  isDead = false;
  suspendedUntil = 0;

  constructor(readonly world: World, readonly clocks: Clocks) {}

  now(): number {
    return this.clocks.start + this.clocks.rate * this.world.now;
  }

  wallClock(): number {
    return BEGINNING + this.clocks.skew + this.world.now;
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      signal?.addEventListener("abort", () => resolve(), { once: true });
      const wake = this.world.now + milliseconds / this.clocks.rate;
      this.world.at(wake, resolve, this);
    });
  }
}
