import type { FaultCause } from "../../../eventlog/verifier.ts";
import { factLines, printable } from "../printable.ts";
import type { Verification } from "./verification.ts";

/** What `--json` prints. */
export interface VerifyReport {
  readonly ok: boolean;
  /** Events that are right, from the beginning on. */
  readonly events: number;
  /** The hash of the last of them. */
  readonly head: string;
  readonly fault: {
    readonly seq: number;
    readonly cause: FaultCause;
    readonly expected: string;
    readonly found: string;
  } | null;
}

/** What was found, for programs. */
export function verifyReport({ events, head, fault }: Verification): VerifyReport {
  if (fault === undefined) return { ok: true, events, head, fault: null };
  const { seq, kind, expected, found } = fault;
  return { ok: false, events, head, fault: { seq, cause: kind, expected, found } };
}

/**
 * What was found, for people.
 *
 * @param read how many events were read; fewer than there are where some were trusted
 * @param seconds that it took
 */
export function reportLines(
  name: string,
  { events, head, fault }: VerifyReport,
  read: number,
  seconds: number,
): readonly string[] {
  const rate = seconds >= SHORTEST ? ` (${Math.round(read / seconds)} events/s)` : "";
  const facts = factLines([
    ["log", printable(name)],
    ["events", fault === null ? String(events) : `${events} before the fault`],
    ["head", head],
    ["time", `${seconds.toFixed(2)} s${rate}`],
  ]);
  if (fault === null) return [...facts, "It verifies."];
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

const CAUSES: Readonly<Record<FaultCause, string>> = {
  malformed: "there is something that cannot be read",
  seq: "there is another event than the next",
  prev_hash: "there is an event that does not follow the one before",
  truncated: "the log ends, and it was longer once",
  event_hash: "there is another event than the one that was hashed",
};
