/**
 * One leader among replicas, by a lease of `coordination.k8s.io/v1`, together with whoever uses
 * client-go for the same lease.
 *
 * A term lasts until a renew deadline after the request that last renewed its lease was sent. Others
 * take the lease a whole lease duration after they last saw it change, and so later than that change.
 * Both are measured by each one's own monotonic clock: two terms do not overlap, whatever wall clocks
 * say, as long as the clocks run at about the same speed (the lease duration divided by the renew
 * deadline is how much one may run faster than the other). What was begun in a term and cannot be
 * called back is not held up by any of this: see `fencing_token.ts` for what is.
 *
 * A lease in our own name that this process has not taken itself is somebody else's: names come back
 * after a restart, terms do not. So every term has an epoch of its own.
 *
 * Whoever edits or deletes the lease by hand lets somebody else lead at once: the leader of before learns
 * of it when it renews the next time, at most a retry period later.
 *
 * @module
 */
import { type ElectionDurations, RETRY_JITTER } from "../../config/election_settings.ts";
import { log } from "../../telemetry/logs.ts";
import {
  leaderElectionFailuresTotal,
  leaderElectionStatus,
  leaderTransitionsTotal,
} from "../../telemetry/operator_metrics.ts";
import type { KubeApi } from "../kube/kube_api.ts";
import { refText } from "../kube/kube_object.ts";
import { LeadershipLostError, type Term } from "../term.ts";
import { type ElectionClock, SYSTEM_CLOCK } from "./election_clock.ts";
import { LeaseHold, type Standing } from "./lease_hold.ts";
import { LeaseTerm, type TermEnd } from "./lease_term.ts";
import { keepUp } from "./upkeep.ts";
import { within } from "./within.ts";

/** Who competes for what, and how. */
export interface ElectionOptions {
  readonly api: Pick<KubeApi, "get" | "create" | "replace">;
  readonly namespace: string;
  readonly leaseName: string;
  /** No other replica's. */
  readonly identity: string;
  readonly durations: ElectionDurations;
  /** Milliseconds that what is led has to end when it is asked to; 10,000 without it. */
  readonly drain?: number;
  readonly clock?: ElectionClock;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/** What is done while leading. It ends when the term does, or when whoever runs it is asked to stop. */
export type TermWork = (term: Term) => Promise<void>;

/** A contender for a lease. It runs once. */
export class LeaderElection {
  readonly #options: ElectionOptions;
  readonly #clock: ElectionClock;
  readonly #random: () => number;
  readonly #hold: LeaseHold;
  readonly #lease: string;
  #term: LeaseTerm | undefined;

  constructor(options: ElectionOptions) {
    const { api, namespace, leaseName: name, identity, durations } = options;
    const { clock = SYSTEM_CLOCK, random = Math.random } = options;
    this.#options = options;
    this.#clock = clock;
    this.#random = random;
    const lease = { namespace, name };
    this.#lease = refText(lease);
    this.#hold = new LeaseHold({ api, lease, identity, duration: durations.lease, clock, random });
  }

  /** Whether a term of ours lasts. */
  get isLeading(): boolean {
    this.#term?.endIfLapsed();
    return this.#term !== undefined && this.#term.endedBy === undefined;
  }

  /**
   * When the API server was last heard of, by the monotonic clock: at most half a lease ago, or a retry
   * period and the time of a call, where all is well.
   */
  get lastActivity(): number {
    return this.#hold.lastContact;
  }

  /**
   * Competes, leads, and competes again after half a lease, until it is asked to stop: then the work
   * is given time to end, and the lease is given back. Where the work does not end although its term
   * is over, the lease is left to expire.
   *
   * Work that ends by itself gives the lease back, too.
   *
   * @param stop such as SIGTERM. The work has to watch it as well: its term lasts while it ends
   * @throws what the work throws while its term lasts
   */
  async run(stop: AbortSignal, work: TermWork): Promise<void> {
    try {
      for (;;) {
        const term = await this.#acquire(stop);
        if (term === undefined) return;
        await this.#lead(term, stop, work);
        await this.#clock.sleep(this.#options.durations.lease / 2, stop);
      }
    } finally {
      // An attempt that nothing was heard of may have taken the lease.
      await this.#within((signal) => this.#hold.release(signal));
    }
  }

  /** @returns `undefined` when it is asked to stop */
  async #acquire(stop: AbortSignal): Promise<LeaseTerm | undefined> {
    const { renewDeadline } = this.#options.durations;
    while (!stop.aborted) {
      // An attempt is not broken off in its middle: it could take the lease, and nobody would know.
      const standing = await this.#within((signal) => this.#hold.take(signal));
      const term = standing.kind === "ours"
        ? new LeaseTerm(this.#clock, renewDeadline, standing.held)
        : undefined;
      if (term !== undefined && !stop.aborted && term.validUntil > this.#clock.now()) return term;
      if (term === undefined) await this.#clock.sleep(this.#patience(standing), stop);
    }
    return undefined;
  }

  /**
   * Until the next attempt: a retry period, or a part of it by chance, so that contenders do not keep in
   * step; never longer, and not beyond the time at which the lease expires. client-go waits for up to
   * 2.2 retry periods instead.
   */
  #patience(standing: Standing): number {
    const { retryPeriod } = this.#options.durations;
    const usual = retryPeriod * (1 - this.#random() * (1 - 1 / RETRY_JITTER));
    const left = standing.kind === "others" ? standing.expiresAt - this.#clock.now() : 0;
    return left > 0 ? Math.min(usual, left) : usual;
  }

  async #lead(term: LeaseTerm, stop: AbortSignal, work: TermWork): Promise<void> {
    const { durations, drain = DRAIN } = this.#options;
    this.#begun(term);
    const over = new AbortController();
    const upkeep = keepUp(term, { hold: this.#hold, clock: this.#clock, durations });
    const outcome = outcomeOf(work, term);
    const drained = async () => {
      await aborted(stop, over.signal);
      await this.#clock.sleep(drain, over.signal);
      return undefined;
    };
    await Promise.race([outcome, aborted(term.signal, over.signal), drained()]);
    term.end("released");
    this.#ended(term);
    const settled = await Promise.race([outcome, drained()]);
    over.abort();
    await upkeep;
    if (term.endedBy !== "released" || settled === undefined) this.#hold.forget();
    await this.#within((signal) => this.#hold.release(signal));
    if (settled?.kind === "failed") this.#judgeFailure(settled.error, term, stop);
  }

  #begun(term: LeaseTerm): void {
    this.#term = term;
    leaderElectionStatus.set(1);
    leaderTransitionsTotal.inc({ event: "acquired" });
    log.info("Acquired leadership", this.#facts(term));
  }

  #ended(term: LeaseTerm): void {
    const reason = term.endedBy ?? "released";
    leaderElectionStatus.set(0);
    leaderTransitionsTotal.inc({ event: "lost" });
    if (reason !== "released") leaderElectionFailuresTotal.inc({ reason });
    log[LEVELS[reason]]("Lost leadership", { ...this.#facts(term), reason });
  }

  #facts({ epoch }: LeaseTerm) {
    return { identity: this.#options.identity, lease: this.#lease, epoch };
  }

  /** Work whose term was taken from it may fail as it likes; anything else is a fault. */
  #judgeFailure(error: unknown, term: LeaseTerm, stop: AbortSignal): void {
    if (error instanceof LeadershipLostError || (stop.aborted && error === stop.reason)) return;
    if (term.endedBy === "released") throw error;
    log.warning("what was led failed when leadership was lost", { ...this.#facts(term), error });
  }

  /** What takes longer than a renew deadline is of no use. */
  #within<T>(call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return within({ clock: this.#clock, limit: this.#options.durations.renewDeadline }, call);
  }
}

/** Milliseconds. */
const DRAIN = 10_000;

const LEVELS: Readonly<Record<TermEnd, "info" | "warning">> = {
  renew_deadline_exceeded: "warning",
  lost_lease_during_renew: "warning",
  released: "info",
};

/** How work ended. */
type Outcome = { readonly kind: "done" } | { readonly kind: "failed"; readonly error: unknown };

async function outcomeOf(work: TermWork, term: Term): Promise<Outcome> {
  try {
    await work(term);
    return { kind: "done" };
  } catch (error) {
    return { kind: "failed", error };
  }
}

/** Waits until a signal is aborted; for ever, where nobody needs to know any more. */
function aborted(signal: AbortSignal, until: AbortSignal): Promise<undefined> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve(undefined);
    signal.addEventListener("abort", () => resolve(undefined), { once: true, signal: until });
  });
}
