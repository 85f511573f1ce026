/** One contender in virtual time, whose calls and work a test scripts. @module */
import type { LeaseObject } from "../../../src/operator/kinds.ts";
import { LeaderElection, type TermWork } from "../../../src/operator/lease/leader_election.ts";
import { newLease } from "../../../src/operator/lease/lease_record.ts";
import type { Term } from "../../../src/operator/term.ts";
import {
  leaderElectionFailuresTotal,
  leaderElectionStatus,
  leaderTransitionsTotal,
} from "../../../src/telemetry/operator_metrics.ts";
import { DURATIONS } from "./contender.ts";
import { type Fate, SimulatedApi } from "./simulated_api.ts";
import { Machine, World } from "./virtual_time.ts";

/** A term that began, and when. */
export interface Noted {
  readonly term: Term;
  readonly epoch: number;
  readonly at: number;
}

/** The lease `n/l`, and a contender for it that is called `a`. */
export class Stage {
  readonly world = new World();
  readonly api = new SimulatedApi(this.world);
  readonly machine = new Machine(this.world, { start: 1e6, rate: 1, skew: 0 });
  readonly terms: Noted[] = [];
  readonly election = new LeaderElection({
    api: this.api.clientOf(this.machine),
    namespace: "n",
    leaseName: "l",
    identity: "a",
    durations: DURATIONS,
    drain: 8_000,
    clock: this.machine,
    random: () => 0,
  });
  /** What the election came to; `undefined` while it runs. */
  outcome: { readonly at: number; readonly error?: unknown } | undefined;
  readonly #stop = new AbortController();

  /** @param work by default ends with the term, and when it is asked to */
  start(work: TermWork = (term) => endOf(AbortSignal.any([term.signal, this.#stop.signal]))): this {
    const { world, terms } = this;
    const noted: TermWork = async (term) => {
      terms.push({ term, epoch: term.demand().epoch, at: world.now });
      await work(term);
    };
    this.at(world.now, () => {
      this.election.run(this.#stop.signal, noted).then(
        () => this.outcome = { at: world.now },
        (error) => this.outcome = { at: world.now, error },
      );
    });
    return this;
  }

  /** Has something happen at a time. */
  at(time: number, act: () => void): this {
    this.world.at(time, act, this.machine);
    return this;
  }

  /** SIGTERM. */
  stopAt(time: number): this {
    return this.at(time, () => this.#stop.abort());
  }

  /** What becomes of the next calls, from a time on. */
  callsFrom(time: number, ...fates: readonly Fate[]): this {
    const left = [...fates];
    return this.at(time, () => {
      this.api.network = { fate: () => left.shift() ?? "fine", latency: () => 0 };
    });
  }

  async until(time: number): Promise<this> {
    await this.world.runUntil(time, () => {});
    return this;
  }

  /** What is in the lease. */
  get spec(): LeaseObject["spec"] {
    return this.api.stored<LeaseObject>()?.spec;
  }
}

/** Waits until a signal is aborted. */
export function endOf(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener("abort", () => resolve());
  });
}

/** A lease with this in it. */
export function leaseWith(spec: LeaseObject["spec"]): LeaseObject {
  return { ...newLease({ namespace: "n", name: "l" }), spec };
}

/** What the metrics of an election say, as `name{label}`; those that are 0 are left out. */
export async function metrics(): Promise<Readonly<Record<string, number>>> {
  const all = await Promise.all([
    leaderElectionStatus.get(),
    leaderElectionFailuresTotal.get(),
    leaderTransitionsTotal.get(),
  ]);
  return Object.fromEntries(
    all.flatMap(({ values }, metric) =>
      values.filter(({ value }) => value > 0).map(({ labels, value }) =>
        [Object.values(labels).join() || ["leads", "", ""][metric], value] as const
      )
    ),
  );
}

/** Sets them to 0. */
export function resetMetrics(): void {
  leaderElectionStatus.reset();
  leaderElectionFailuresTotal.reset();
  leaderTransitionsTotal.reset();
}
