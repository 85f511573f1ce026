import type { FencingToken } from "../fencing_token.ts";
import type { LeaseObject } from "../kinds.ts";
import { LeadershipLostError, type Term } from "../term.ts";
import type { ElectionClock } from "./election_clock.ts";
import { recordOf } from "./lease_record.ts";

/** A lease that was written as its holder's. */
export interface HeldLease {
  readonly lease: LeaseObject;
  /** When the request was sent, by the holder's monotonic clock. */
  readonly sentAt: number;
}

/** Why a term is over. */
export type TermEnd = "renew_deadline_exceeded" | "lost_lease_during_renew" | "released";

/** The end of a term, as those are told who act in it. */
const ENDS: Readonly<Record<TermEnd, string>> = {
  renew_deadline_exceeded: "the lease could not be renewed in time",
  lost_lease_during_renew: "the lease is somebody else's",
  released: "the lease is given back",
};

/** A term that lasts as long as its lease is renewed. */
export class LeaseTerm implements Term {
  readonly #clock: Pick<ElectionClock, "now">;
  readonly #renewDeadline: number;
  readonly #over = new AbortController();
  #held: HeldLease;
  #token: FencingToken;
  #endedBy: TermEnd | undefined;

  /** @param renewDeadline milliseconds */
  constructor(clock: Pick<ElectionClock, "now">, renewDeadline: number, held: HeldLease) {
    this.#clock = clock;
    this.#renewDeadline = renewDeadline;
    this.#held = held;
    this.#token = tokenOf(held.lease);
  }

  get signal(): AbortSignal {
    return this.#over.signal;
  }

  /** When it ends unless the lease is renewed; monotonic milliseconds. */
  get validUntil(): number {
    return this.#held.sentAt + this.#renewDeadline;
  }

  /** `undefined` while it lasts. */
  get endedBy(): TermEnd | undefined {
    return this.#endedBy;
  }

  /** Which term of the lease it is. */
  get epoch(): number {
    return this.#token.epoch;
  }

  demand(): FencingToken {
    this.endIfLapsed();
    this.#over.signal.throwIfAborted();
    return this.#token;
  }

  /** The lease was renewed. What is over stays over. */
  renew(held: HeldLease): void {
    this.#held = held;
    this.#token = tokenOf(held.lease);
  }

  /** Ends it where it was not renewed in time. */
  endIfLapsed(): void {
    if (this.#clock.now() >= this.validUntil) this.end("renew_deadline_exceeded");
  }

  /** Ends it, unless it is over. */
  end(reason: TermEnd): void {
    if (this.#endedBy !== undefined) return;
    this.#endedBy = reason;
    this.#over.abort(new LeadershipLostError(ENDS[reason]));
  }
}

function tokenOf(lease: LeaseObject): FencingToken {
  const { holder, renewTime, transitions } = recordOf(lease);
  return {
    holder_identity: holder,
    resource_version: lease.metadata.resourceVersion ?? null,
    renew_time: renewTime,
    epoch: transitions + 1,
  };
}
