import { checkpointCreateDuration } from "../../telemetry/metrics.ts";
import type { EventLog } from "../event_log.ts";
import type { JsonObject } from "../json.ts";
import type { PublicKey, SigningKey } from "../signing_key.ts";
import type { CheckpointStore } from "./checkpoint_store.ts";
import { replay, type ReplayRange } from "./replay.ts";
import { readState, stateBytes, stateHash, type StateReducer } from "./state.ts";
import { signCheckpoint, type StateCheckpoint } from "./state_checkpoint.ts";
import { universeReducer } from "./universe_reducer.ts";

/** What a checkpoint is made of. */
export interface CreateCheckpointOptions {
  readonly log: Pick<EventLog, "read">;
  readonly key: SigningKey;
  /** The one of existing operators without it. */
  readonly reducer?: StateReducer;
  /**
   * Go on from the newest verified checkpoint of that key, so that the log is not read from its
   * beginning; it is without this, and where there is no such checkpoint.
   */
  readonly goOn?: { readonly store: CheckpointStore; readonly publicKey: PublicKey };
  readonly meta?: JsonObject;
}

/** There is nothing to make a checkpoint of. */
export class EmptyLogError extends Error {
  override readonly name = "EmptyLogError";
}

/**
 * Verifies a log to its end, and signs what it has come to. Where nothing has been appended since a
 * checkpoint that it goes on from, what that one says is signed again.
 *
 * @throws {EmptyLogError}
 * @throws {LogFault} for a log that does not verify
 */
export async function createCheckpoint(
  { log, key, reducer = universeReducer, goOn, meta = {} }: CreateCheckpointOptions,
): Promise<StateCheckpoint> {
  const measured = checkpointCreateDuration.startTimer();
  const base = await goOn?.store.latestVerified(goOn.publicKey, log, {
    suits: (checkpoint) => stateOf(checkpoint, reducer) !== undefined,
  });
  const from = base && stateOf(base, reducer);
  const { position, state, lastTs } = await replay(log, reducer, { from });
  const createdAtLogical = lastTs ?? base?.createdAtLogical;
  if (createdAtLogical === undefined) throw new EmptyLogError("the log has no events yet");
  const bytes = stateBytes(state);
  const checkpoint = signCheckpoint({
    eventIndex: position.nextSeq - 1,
    eventHash: position.prevHash,
    stateHash: stateHash(bytes),
    stateBytes: bytes,
    createdAtLogical,
    meta,
  }, key);
  measured();
  return checkpoint;
}

/** From where a checkpoint lets one go on; `undefined` where its state is another reducer's. */
export function stateOf(
  { eventIndex, eventHash, stateBytes }: StateCheckpoint,
  reducer: StateReducer,
): NonNullable<ReplayRange["from"]> | undefined {
  const state = readState(stateBytes);
  if (state === undefined || reducer.resume(state) === undefined) return undefined;
  return { position: { nextSeq: eventIndex + 1, prevHash: eventHash }, state };
}
