import { factLines, printable } from "../printable.ts";
import type { Verification, VerifyCause, VerifyFault } from "./verification.ts";

/** What `--json` prints. */
export interface VerifyReport {
  readonly ok: boolean;
  /** Events that are right, from the beginning on. */
  readonly events: number;
  /** The hash of the last of them. */
  readonly head: string;
  readonly fault: VerifyFault | null;
}

/** What was found, for programs. */
export function verifyReport({ events, head, fault }: Verification): VerifyReport {
  return { ok: fault === undefined, events, head, fault: fault ?? null };
}

/**
 * What was found, for people.
 *
 * @param seconds that it took
 */
export function reportLines(
  name: string,
  { events, head, read, fault }: Verification,
  seconds: number,
): readonly string[] {
  const rate = seconds >= SHORTEST ? ` (${Math.round(read / seconds)} events/s)` : "";
  const facts = factLines([
    ["log", printable(name)],
    ["events", fault === undefined ? String(events) : `${events} before the fault`],
    ...(read < events ? [["read", `${read} after the checkpoint`] as const] : []),
    ["head", head],
    ["time", `${seconds.toFixed(2)} s${rate}`],
  ]);
  if (fault === undefined) return [...facts, "It verifies."];
  return [
    ...facts,
    `It does not verify: at seq ${fault.seq} ${CAUSES[fault.cause]}.`,
    ...factLines([
      ["  cause", fault.cause],
      ["  expected", printable(fault.expected)],
      ["  found", printable(fault.found)],
    ]),
  ];
}

/** What takes fewer seconds says nothing about a rate. */
const SHORTEST = 0.1;

const CAUSES: Readonly<Record<VerifyCause, string>> = {
  malformed: "there is something that cannot be read",
  seq: "there is another event than the next",
  prev_hash: "there is an event that does not follow the one before",
  truncated: "the log ends, and it was longer once",
  checkpoint: "the checkpoint is not right",
  event_hash: "there is another event than the one that was hashed",
};
