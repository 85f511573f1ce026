import { leaderElectionFailuresTotal } from "../../telemetry/operator_metrics.ts";
import { LEASE, type LeaseObject } from "../kinds.ts";
import type { KubeApi } from "../kube/kube_api.ts";
import { KubeError } from "../kube/kube_error.ts";
import { type ObjectRef, refText } from "../kube/kube_object.ts";
import { LeadershipLostError } from "../term.ts";
import { TroubleLog } from "../trouble_log.ts";
import type { ElectionClock } from "./election_clock.ts";
import { LastChange } from "./last_change.ts";
import type { HeldLease } from "./lease_term.ts";
import {
  type Claim,
  heldLease,
  isClaimedBy,
  microTime,
  newLease,
  recordOf,
  releasedLease,
} from "./lease_record.ts";

/** What an attempt on the lease came to. */
export type Standing =
  /** Written as it should be. */
  | { readonly kind: "ours"; readonly held: HeldLease }
  /** Somebody else's up to then, or anybody's. */
  | { readonly kind: "others"; readonly expiresAt: number }
  /** The attempt failed. It may have taken effect all the same. */
  | { readonly kind: "unknown" };

/** Whose lease, and how. */
export interface HoldOptions {
  readonly api: Pick<KubeApi, "get" | "create" | "replace">;
  readonly lease: ObjectRef;
  readonly identity: string;
  /** Milliseconds. */
  readonly duration: number;
  readonly clock: ElectionClock;
  /** From 0 to 1. */
  readonly random: () => number;
}

type Purpose = "take" | "renew" | "release";

/** How often a write is repeated where somebody else wrote in between. */
const CONFLICT_RETRIES = 3;

/** The first wait before that, which doubles, and how much may be added by chance. Milliseconds. */
const [CONFLICT_WAIT, CONFLICT_JITTER] = [100, 200];

/**
 * One contender's dealings with a lease. Every write is conditional on the version that was judged, so
 * whatever was decided on an older one does nothing.
 *
 * A write that nothing was heard of may have taken effect, or may do so yet. So what a contender
 * writes to take a lease, its claim, stays the same until it has seen what became of it: a lease with
 * that claim in it is its own, whichever of its requests has put it there.
 */
export class LeaseHold {
  readonly #options: HoldOptions;
  readonly #changes = new LastChange();
  #claim: Claim | undefined;
  /** Highest count of transitions that was seen: it goes on where a lease was deleted. */
  #transitions = -1;
  /** The lease as our last write left it. */
  #current: LeaseObject | undefined;
  #lastContact: number;
  readonly #troubles: TroubleLog;

  constructor(options: HoldOptions) {
    this.#options = options;
    this.#troubles = new TroubleLog(() => options.clock.now());
    this.#lastContact = options.clock.now();
  }

  /** When the API server last answered, whatever it said, or when this was made; monotonic. */
  get lastContact(): number {
    return this.#lastContact;
  }

  /** Tries to take the lease, where it is anybody's, or to confirm a claim that may have succeeded. */
  take(signal: AbortSignal): Promise<Standing> {
    return this.#attempt("take", signal);
  }

  /** Tries to renew what is ours. */
  renew(signal: AbortSignal): Promise<Standing> {
    return this.#attempt("renew", signal);
  }

  /** Gives the lease back, where it is or may be ours, and forgets it. */
  async release(signal: AbortSignal): Promise<void> {
    if (this.#claim !== undefined) await this.#attempt("release", signal);
    this.forget();
  }

  /** From now on the lease is somebody else's, even where it has our name. */
  forget(): void {
    this.#claim = undefined;
    this.#current = undefined;
  }

  async #attempt(purpose: Purpose, signal: AbortSignal): Promise<Standing> {
    for (let retry = 0;; retry++) {
      try {
        const standing = await this.#judgeAndWrite(purpose, retry, signal);
        this.#troubles.over(purpose);
        return standing;
      } catch (error) {
        this.#current = undefined;
        if (error instanceof KubeError) this.#lastContact = this.#options.clock.now();
        const reason = failureReason(purpose, error, retry);
        if (reason !== undefined) {
          // A term that is over ends its calls, and says itself why it is.
          if (!(error instanceof LeadershipLostError)) this.#report(purpose, reason, error);
          return { kind: "unknown" };
        }
      }
      const { clock, random } = this.#options;
      await clock.sleep(CONFLICT_WAIT * 2 ** retry + random() * CONFLICT_JITTER, signal);
    }
  }

  async #judgeAndWrite(purpose: Purpose, retry: number, signal: AbortSignal): Promise<Standing> {
    signal.throwIfAborted();
    const lease = this.#current ?? await this.#read(signal);
    const whose = this.#judge(lease);
    if (whose.kind === "ours") {
      const next = purpose === "release"
        ? releasedLease(whose.lease, this.#writtenTime())
        : this.#held(whose.lease, whose.claim);
      return await this.#write(() => this.#options.api.replace(LEASE, next, { signal }));
    }
    if (purpose === "take" && whose.kind === "anybody's") return await this.#take(lease, signal);
    if (purpose === "take" && retry > 0) {
      leaderElectionFailuresTotal.inc({ reason: "lost_takeover_race" });
    }
    return { kind: "others", expiresAt: this.#changes.expiresAt };
  }

  #judge(lease: LeaseObject | undefined): Judgement {
    if (lease === undefined) return { kind: "anybody's" };
    const record = recordOf(lease);
    const claim = this.#claim;
    if (claim !== undefined && isClaimedBy(record, claim)) return { kind: "ours", lease, claim };
    const isFree = record.holder === "" || this.#options.clock.now() >= this.#changes.expiresAt;
    return { kind: isFree ? "anybody's" : "others" };
  }

  async #take(lease: LeaseObject | undefined, signal: AbortSignal): Promise<Standing> {
    const transitions = this.#transitions + 1;
    const claim = this.#claim?.transitions === transitions
      ? this.#claim
      : this.#newClaim(transitions);
    this.#claim = claim;
    const { api, lease: ref } = this.#options;
    const taken = this.#held(lease ?? newLease(ref), claim);
    return await this.#write(() =>
      lease === undefined
        ? api.create(LEASE, taken, { signal })
        : api.replace(LEASE, taken, { signal })
    );
  }

  #newClaim(transitions: number): Claim {
    const { identity, clock, random } = this.#options;
    const acquireTime = microTime(clock.wallClock(), Math.floor(random() * 1_000));
    return { holder: identity, transitions, acquireTime };
  }

  #held(lease: LeaseObject, claim: Claim): LeaseObject {
    return heldLease(lease, claim, this.#options.duration, this.#writtenTime());
  }

  #writtenTime(): string {
    return microTime(this.#options.clock.wallClock());
  }

  async #read(signal: AbortSignal): Promise<LeaseObject | undefined> {
    const { api, lease: ref } = this.#options;
    const lease = await api.get(LEASE, ref, { signal });
    this.#lastContact = this.#options.clock.now();
    if (lease !== undefined) this.#note(lease);
    return lease;
  }

  async #write(send: () => Promise<LeaseObject>): Promise<Standing> {
    const sentAt = this.#options.clock.now();
    const lease = await send();
    this.#lastContact = this.#options.clock.now();
    this.#note(lease);
    this.#current = lease;
    return { kind: "ours", held: { lease, sentAt } };
  }

  #note(lease: LeaseObject): void {
    this.#changes.note(lease, this.#lastContact);
    this.#transitions = Math.max(this.#transitions, recordOf(lease).transitions);
  }

  #report(purpose: Purpose, reason: string, error: unknown): void {
    leaderElectionFailuresTotal.inc({ reason });
    const facts = { lease: refText(this.#options.lease), reason };
    const message = `could not ${purpose} the lease of the leader`;
    this.#troubles.tell(purpose, { message, error, facts });
  }
}

/** Whose a lease is. */
type Judgement =
  | { readonly kind: "ours"; readonly lease: LeaseObject; readonly claim: Claim }
  | { readonly kind: "others" | "anybody's" };

/** What to call a failure; `undefined` for one that another look at the lease may mend. */
function failureReason(purpose: Purpose, error: unknown, retry: number): string | undefined {
  const status = error instanceof KubeError ? error.status : undefined;
  // What is not there to be renewed is gone; what cannot be made has no namespace.
  const isOutdated = status === 409 || (status === 404 && purpose !== "take");
  if (isOutdated) return retry === CONFLICT_RETRIES ? "conflict_retries_exhausted" : undefined;
  return retry === 0 ? "api_error" : "api_error_during_retry";
}
