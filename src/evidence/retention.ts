import type { DecisionState } from "../metadata/evidence_decisions.ts";
import type { EvidenceContext } from "./context.ts";
import { EvidenceError } from "./evidence_error.ts";
import { held } from "./hold.ts";

const DAY = 86_400_000;

/**
 * Sees to it that evidence may be deleted: nothing of it has to be kept yet, and it is not held. The
 * same for everybody.
 *
 * @param kept what is to be deleted, or all that is kept for its decision
 * @throws {EvidenceError} `retained`
 */
export function demandDeletable(
  { now, retention }: Pick<EvidenceContext, "now" | "retention">,
  { attachments, bundles, hold }: Pick<DecisionState, "attachments" | "bundles" | "hold">,
): void {
  if (hold !== undefined) throw held(hold);
  const days = Math.max(
    0,
    ...bundles.map(({ evidenceType }) => retention.retainDays.get(evidenceType) ?? 0),
  );
  const latest = [...bundles, ...attachments].reduce(
    (latest, { storedAt }) => Math.max(latest, storedAt.getTime()),
    -Infinity,
  );
  const until = latest + days * DAY;
  if (days === 0 || now().getTime() >= until) return;
  throw new EvidenceError(
    "retained",
    `The evidence has to be kept for ${days} days.`,
    { retained_until: new Date(until).toISOString() },
  );
}
