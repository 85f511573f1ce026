/** A replica that competes for a lease in virtual time. @module */
import { LeaderElection } from "../../../src/operator/lease/leader_election.ts";
import { LeaseTerm } from "../../../src/operator/lease/lease_term.ts";
import type { SimulatedApi } from "./simulated_api.ts";
import { type Clocks, Machine, type World } from "./virtual_time.ts";

export const DURATIONS = { lease: 30_000, renewDeadline: 20_000, retryPeriod: 5_000 };

/** A term, and when it began, by the time of the world. */
export interface Begun {
  readonly by: Contender;
  readonly term: LeaseTerm;
  readonly epoch: number;
  readonly at: number;
}

/** What a contender is given. */
export interface ContenderOptions {
  readonly world: World;
  readonly api: SimulatedApi;
  readonly identity: string;
  readonly clocks: Clocks;
  /** From 0 to 1. */
  readonly random: () => number;
  /** Where terms are noted as they begin. */
  readonly terms: Begun[];
  /** How long the work goes on after it was asked to end. Milliseconds. */
  readonly inertia: () => number;
}

/** A machine, and the election that runs on it. */
export class Contender {
  readonly machine: Machine;
  readonly election: LeaderElection;
  readonly #stop = new AbortController();
  readonly #options: ContenderOptions;
  /** What the election threw. */
  failure: unknown;
  /** When it was told to stop and was done, by the time of the world. */
  stoppedAt: number | undefined;

  constructor(options: ContenderOptions) {
    const { world, api, identity, clocks, random } = options;
    this.#options = options;
    this.machine = new Machine(world, clocks);
    this.election = new LeaderElection({
      api: api.clientOf(this.machine),
      namespace: "n",
      leaseName: "l",
      identity,
      durations: DURATIONS,
      clock: this.machine,
      random,
    });
  }

  get identity(): string {
    return this.#options.identity;
  }

  start(): void {
    this.election.run(this.#stop.signal, (term) => this.#work(term)).then(
      () => this.stoppedAt = this.#options.world.now,
      (error) => this.failure = error,
    );
  }

  /** SIGTERM. */
  stop(): void {
    this.#stop.abort();
  }

  /** SIGKILL. */
  kill(): void {
    this.machine.isDead = true;
  }

  async #work(term: unknown): Promise<void> {
    const { terms, world, inertia } = this.#options;
    if (!(term instanceof LeaseTerm)) throw new Error("a term of a lease was expected");
    terms.push({ by: this, term, epoch: term.demand().epoch, at: world.now });
    const ended = AbortSignal.any([term.signal, this.#stop.signal]);
    while (!ended.aborted) {
      term.demand();
      await this.machine.sleep(3_000, ended);
    }
    await this.machine.sleep(inertia());
  }
}
