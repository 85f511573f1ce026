import type { FaultCause, LogFault } from "../verifier.ts";
import type { PointerFault } from "./pointers.ts";

/** What existing operators call the faults of a log. */
const ERRORS: Readonly<Record<FaultCause, string>> = {
  malformed: "malformed record",
  seq: "seq mismatch",
  prev_hash: "prev_hash mismatch",
  truncated: "truncated log",
  event_hash: "event_hash mismatch",
};

/** A fault of a log by the names that existing operators know. */
export function chainError({ seq, kind, expected, found }: LogFault): PointerFault {
  return { seq, error: ERRORS[kind], expected, actual: found };
}
