import { statement } from "../metadata/sql.ts";
import { entriesOf, type EntryState } from "../metadata/evidence_outbox.ts";
import type { EvidenceContext } from "./context.ts";
import { EvidenceError } from "./evidence_error.ts";
import type { EventPlace, EvidenceEventType } from "./model.ts";
import { takeOver } from "./outbox.ts";

/** Milliseconds: how long others are waited for, after how long they are helped, and the pauses. */
const [PATIENCE, HELP_AFTER, FIRST_PAUSE, LONGEST_PAUSE] = [10_000, 2_000, 10, 250];

/** Something of another's that was finished here. */
export interface Helped {
  readonly eventType: EvidenceEventType;
  readonly place: EventPlace;
}

/**
 * Waits until nothing of these types is under way for a decision. What nobody works on is finished
 * here, and after a while what somebody does.
 *
 * @returns what was finished here
 * @throws {EvidenceError} `busy` where that takes too long, and while an attachment comes in
 * @throws what finishing throws
 */
export async function settle(
  context: EvidenceContext,
  decisionId: string,
  types: readonly EvidenceEventType[],
): Promise<readonly Helped[]> {
  const helped: Helped[] = [];
  const begun = performance.now();
  for (let pause = FIRST_PAUSE;; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const entries = await underWay(context, decisionId, types);
    if (entries.length === 0) return helped;
    const waited = performance.now() - begun;
    if (waited > PATIENCE || entries.some(isComingIn)) throw busy(decisionId);
    const toHelp = entries.find(({ isDue }) => isDue || waited > HELP_AFTER);
    if (toHelp === undefined) {
      await new Promise((resolve) => setTimeout(resolve, pause));
      continue;
    }
    const place = await takeOver(context, toHelp.id);
    if (place !== undefined) helped.push({ eventType: toHelp.eventType, place });
  }
}

/** Whoever asks again may find it done. */
export function busy(decisionId: string): EvidenceError {
  return new EvidenceError(
    "busy",
    `Something else is under way for decision ${decisionId}. Try again.`,
  );
}

async function underWay(
  { sql }: EvidenceContext,
  decisionId: string,
  types: readonly EvidenceEventType[],
): Promise<readonly EntryState[]> {
  const entries = await statement(
    "evidence_outbox.of-decision",
    () => entriesOf(sql, decisionId),
  );
  return entries.filter(({ eventType }) => types.includes(eventType));
}

function isComingIn({ isComingIn, isDue }: EntryState): boolean {
  return isComingIn && !isDue;
}
