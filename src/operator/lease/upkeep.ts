import type { ElectionDurations } from "../../config/election_settings.ts";
import type { ElectionClock } from "./election_clock.ts";
import type { LeaseHold } from "./lease_hold.ts";
import type { LeaseTerm } from "./lease_term.ts";
import { within } from "./within.ts";

/** What a term is kept up with. */
export interface UpkeepTools {
  readonly hold: Pick<LeaseHold, "renew">;
  readonly clock: ElectionClock;
  readonly durations: Pick<ElectionDurations, "retryPeriod">;
}

/**
 * Renews a term's lease for as long as the term lasts, and ends the term when the lease is somebody
 * else's, or was not renewed in time.
 *
 * @returns when the term is over, and nothing is written any more
 */
export async function keepUp(term: LeaseTerm, tools: UpkeepTools): Promise<void> {
  await Promise.all([renew(term, tools), watch(term, tools.clock)]);
}

async function renew(
  term: LeaseTerm,
  { hold, clock, durations: { retryPeriod } }: UpkeepTools,
): Promise<void> {
  let begun = clock.now();
  for (;;) {
    await clock.sleep(Math.max(0, begun + retryPeriod - clock.now()), term.signal);
    if (term.signal.aborted) return;
    begun = clock.now();
    // An attempt that hangs leaves time for another.
    const limit = (term.validUntil - begun) / 2;
    const standing = await within(
      { clock, limit, outer: term.signal },
      (signal) => hold.renew(signal),
    );
    if (standing.kind === "others") term.end("lost_lease_during_renew");
    if (standing.kind === "ours") term.renew(standing.held);
  }
}

/** Beside the renewals, one of which may hang. */
async function watch(term: LeaseTerm, clock: ElectionClock): Promise<void> {
  while (!term.signal.aborted) {
    await clock.sleep(Math.max(0, term.validUntil - clock.now()), term.signal);
    term.endIfLapsed();
  }
}
