import { canonicalJson } from "../eventlog/canonical_json.ts";
import type { JsonObject } from "../eventlog/json.ts";
import { inDecision } from "../metadata/evidence.ts";
import {
  deleteHold,
  findDecision,
  findHold as findHoldRow,
  type HoldRow,
  insertHold,
} from "../metadata/evidence_decisions.ts";
import { insertEntries, type OutboxEntry } from "../metadata/evidence_outbox.ts";
import { statement } from "../metadata/sql.ts";
import type { EvidenceContext } from "./context.ts";
import { EvidenceError } from "./evidence_error.ts";
import { goneEvidence, isGone, noEvidence } from "./find.ts";
import type { EvidenceEventType, Hold } from "./model.ts";
import { finishOwn } from "./outbox.ts";
import { settle } from "./settle.ts";

/** Most characters of a reason. */
export const LONGEST_REASON = 1_000;

/** What of one decision must be in the log before a hold is changed, for its events to be in order. */
const BEFORE: readonly EvidenceEventType[] = ["EvidenceStored", "EvidenceHeld", "EvidenceReleased"];

/**
 * Sees to it that the evidence for a decision is not deleted. It holds before its event is in the log.
 *
 * @throws {EvidenceError} `notFound`, `gone`, `invalid`; `conflict` where it is held for another reason
 */
export async function hold(
  context: EvidenceContext,
  decisionId: string,
  reason: string,
  actor: string,
): Promise<Hold> {
  demandReason(reason);
  await settle(context, decisionId, BEFORE);
  const operation = crypto.randomUUID();
  const placed = { decisionId, operation, reason, actor, placedAt: context.now() };
  const entry = await entryOf(context, "EvidenceHeld", placed, {
    reason,
    actor,
    placed_at: placed.placedAt.toISOString(),
  });
  const held = await statement(
    "evidence.hold",
    () =>
      inDecision(context.sql, decisionId, async (tx) => {
        const { bundles, hold: there } = await findDecision(tx, decisionId);
        if (bundles.some(isGone)) throw goneEvidence(decisionId);
        // What is not stored yet may be taken back.
        if (!bundles.some(({ state }) => state === "stored")) throw noEvidence(decisionId);
        if (there !== undefined) return sameHold(there, reason);
        await insertHold(tx, placed);
        await insertEntries(tx, [entry]);
        return placed;
      }),
  );
  if (held === placed) await finishOwn(context, entry);
  return toHold(held);
}

/** @throws {EvidenceError} `notFound` where there is no hold */
export async function release(
  context: EvidenceContext,
  decisionId: string,
  actor: string,
): Promise<void> {
  await settle(context, decisionId, BEFORE);
  const there = await findNow(context, decisionId);
  if (there === undefined) throw notHeld(decisionId);
  const { operation, reason } = there;
  const released = { decisionId, operation: crypto.randomUUID() };
  const entry = await entryOf(context, "EvidenceReleased", released, {
    reason,
    actor,
    hold: operation,
  });
  await statement("evidence.release", () =>
    inDecision(context.sql, decisionId, async (tx) => {
      if ((await findHoldRow(tx, decisionId))?.operation !== operation) throw notHeld(decisionId);
      await deleteHold(tx, operation);
      await insertEntries(tx, [entry]);
    }));
  await finishOwn(context, entry);
}

/** The hold on a decision; `undefined` where there is none. */
export async function findHold(
  context: EvidenceContext,
  decisionId: string,
): Promise<Hold | undefined> {
  const row = await findNow(context, decisionId);
  return row && toHold(row);
}

/** The refusal of what a hold forbids. */
export function held({ decisionId, placedAt }: Hold): EvidenceError {
  return new EvidenceError("retained", `The evidence for decision ${decisionId} is held.`, {
    decision_id: decisionId,
    held_since: placedAt.toISOString(),
  });
}

function findNow({ sql }: EvidenceContext, decisionId: string): Promise<HoldRow | undefined> {
  return statement("evidence_holds.find", () => findHoldRow(sql, decisionId));
}

async function entryOf(
  { recorder }: EvidenceContext,
  eventType: EvidenceEventType,
  { decisionId, operation }: { readonly decisionId: string; readonly operation: string },
  said: JsonObject,
): Promise<OutboxEntry> {
  return {
    id: operation,
    decisionId,
    objectKey: "",
    action: "none",
    eventType,
    payload: canonicalJson({ decision_id: decisionId, ...said }),
    fromSeq: await recorder.fromSeq(),
  };
}

function sameHold(there: HoldRow, reason: string): HoldRow {
  if (there.reason === reason) return there;
  throw new EvidenceError(
    "conflict",
    `The evidence for decision ${there.decisionId} is held already, for another reason.`,
  );
}

function demandReason(reason: string): void {
  const isReason = reason.trim() !== "" && reason.isWellFormed() && !reason.includes("\0") &&
    reason.length <= LONGEST_REASON;
  if (isReason) return;
  throw new EvidenceError(
    "invalid",
    `A reason has 1 to ${LONGEST_REASON} characters.`,
    { member: "reason" },
  );
}

function toHold({ actor, decisionId, placedAt, reason }: HoldRow): Hold {
  return { decisionId, reason, actor, placedAt };
}

function notHeld(decisionId: string): EvidenceError {
  return new EvidenceError("notFound", `The evidence for decision ${decisionId} is not held.`);
}
