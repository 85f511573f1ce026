import { CheckpointStore } from "../eventlog/checkpoint/checkpoint_store.ts";
import { stateOf } from "../eventlog/checkpoint/create_checkpoint.ts";
import { EMPTY_STATE } from "../eventlog/checkpoint/state.ts";
import {
  resumeUniverse,
  universeReducer,
  type UniverseReduction,
} from "../eventlog/checkpoint/universe_reducer.ts";
import type { EventLog } from "../eventlog/event_log.ts";
import type { JsonNumber } from "../eventlog/json.ts";
import type { OpenedLog } from "../eventlog/open_log.ts";
import type { LogRecord } from "../eventlog/record.ts";
import { ForeignStateError, type ReplayRange } from "../eventlog/checkpoint/replay.ts";
import type { PublicKey } from "../eventlog/signing_key.ts";
import { BEGINNING, type LogPosition } from "../eventlog/verifier.ts";
import { replayDuration } from "../telemetry/metrics.ts";

/** From where a log is read. */
type ReadFrom = NonNullable<ReplayRange["from"]>;

/**
 * Reads a log: from its latest checkpoint of the key that verifies on, or from its beginning.
 *
 * @throws {LogStoreError} {@link LogFault}
 */
export async function loadJournal(
  open: () => OpenedLog,
  publicKey?: PublicKey,
): Promise<JournalState> {
  await using opened = open();
  const measured = replayDuration.startTimer();
  const state = new JournalState(publicKey && await latest(opened, publicKey));
  await state.readOn(opened.log);
  measured();
  return state;
}

/** How many events before those that were read are looked at for an observation. */
const LOOK_BACK = 1_024;

/** What a log has come to, event by event. */
export class JournalState {
  readonly universe: UniverseReduction;
  /** Where reading began: what comes before is known by its outcome only. */
  readonly #from: LogPosition;
  #position: LogPosition;
  #lastTs: JsonNumber | undefined;
  #taken = 0;
  /** The last observations of agents, of those that were read. */
  readonly #observed = new Map<string, LogRecord | undefined>();

  constructor({ position, state }: ReadFrom = { position: BEGINNING, state: EMPTY_STATE }) {
    const universe = resumeUniverse(state);
    if (universe === undefined) {
      throw new ForeignStateError(`the state is not one of ${universeReducer.name}`);
    }
    this.universe = universe;
    this.#from = this.#position = position;
  }

  /** Behind the last event that was taken in. */
  get position(): LogPosition {
    return this.#position;
  }

  /** The time of that event; `undefined` where none was taken in. */
  get lastTs(): JsonNumber | undefined {
    return this.#lastTs;
  }

  /** How many events were taken in. */
  get taken(): number {
    return this.#taken;
  }

  /** Takes in the next event. */
  take({ event, eventHash, prevHash }: LogRecord): void {
    this.universe.apply(event);
    this.#position = { nextSeq: event.seq + 1, prevHash: eventHash };
    this.#lastTs = event.ts;
    this.#taken++;
    const record = { event, eventHash, prevHash };
    if (event.type === "AgentObserved") this.#observed.set(event.aggregateId, record);
    if (event.type === "AgentDeleted") this.#observed.delete(event.aggregateId);
  }

  /** Takes in whatever has been appended since. */
  async readOn(log: Pick<EventLog, "read">): Promise<void> {
    const trusted = this.#position;
    for await (const record of log.read({ fromSeq: trusted.nextSeq, trusted })) this.take(record);
  }

  /**
   * The last `AgentObserved` of an agent.
   *
   * A checkpoint may lie between an observation and the decision upon it: so what comes just before
   * it is looked at as well.
   *
   * @returns `undefined` where there is none, or it lies far before where reading began
   */
  async observation(agent: string, log: Pick<EventLog, "read">): Promise<LogRecord | undefined> {
    if (this.#observed.has(agent) || this.#from.nextSeq === 0) return this.#observed.get(agent);
    const { nextSeq } = this.#from;
    const range = { fromSeq: Math.max(0, nextSeq - LOOK_BACK), toSeq: nextSeq - 1 };
    let found: LogRecord | undefined;
    for await (const record of log.read({ ...range, aggregateId: agent })) {
      if (record.event.type === "AgentObserved") found = record;
      if (record.event.type === "AgentDeleted") found = undefined;
    }
    this.#observed.set(agent, found);
    return found;
  }
}

async function latest(
  { log, objects, prefix }: OpenedLog,
  publicKey: PublicKey,
): Promise<ReadFrom | undefined> {
  const checkpoint = await new CheckpointStore(objects, prefix).latestVerified(publicKey, log, {
    suits: (each) => stateOf(each, universeReducer) !== undefined,
  });
  return checkpoint && stateOf(checkpoint, universeReducer);
}
