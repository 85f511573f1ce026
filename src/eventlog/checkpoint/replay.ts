import { replayDuration } from "../../telemetry/metrics.ts";
import type { EventLog } from "../event_log.ts";
import type { JsonNumber } from "../json.ts";
import { BEGINNING, type LogPosition } from "../verifier.ts";
import { EMPTY_STATE, type LogState, type StateReducer } from "./state.ts";

/** Which part of a log to take in. */
export interface ReplayRange {
  /** What was verified and taken in before; the beginning of the log without it. */
  readonly from?: { readonly position: LogPosition; readonly state: LogState };
  /** The last event, included; the end of the log without it. */
  readonly toSeq?: number;
}

/** What a log has come to. */
export interface Replayed {
  /** Behind the last event that was taken in. */
  readonly position: LogPosition;
  readonly state: LogState;
  /** The time of that event; absent where none was taken in. */
  readonly lastTs?: JsonNumber;
}

/** A state that goes on from another reducer's makes no sense. */
export class ForeignStateError extends Error {
  override readonly name = "ForeignStateError";
}

/**
 * Reads a log, verifies it, and takes in its events.
 *
 * @throws {LogFault} where it does not verify
 * @throws {ForeignStateError} where the state to go on from is not one of the reducer
 */
export async function replay(
  log: Pick<EventLog, "read">,
  reducer: StateReducer,
  { from = { position: BEGINNING, state: EMPTY_STATE }, toSeq }: ReplayRange = {},
): Promise<Replayed> {
  const reduction = reducer.resume(from.state);
  if (reduction === undefined) {
    throw new ForeignStateError(`the state is not one of ${reducer.name}`);
  }
  const measured = replayDuration.startTimer();
  let [position, lastTs]: [LogPosition, JsonNumber | undefined] = [from.position, undefined];
  const range = { fromSeq: position.nextSeq, toSeq, trusted: position };
  for await (const { event, eventHash } of log.read(range)) {
    reduction.apply(event);
    position = { nextSeq: event.seq + 1, prevHash: eventHash };
    lastTs = event.ts;
    // What is behind it is not asked for, and may be wrong.
    if (event.seq === toSeq) break;
  }
  measured();
  return { position, state: reduction.state(), lastTs };
}
