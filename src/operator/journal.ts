/**
 * What an operator knows of its log, and how it adds to it.
 *
 * @module
 */
import { asJson } from "../eventlog/as_json.ts";
import type { UniverseReduction } from "../eventlog/checkpoint/universe_reducer.ts";
import type { NewEvent } from "../eventlog/event_log.ts";
import type { HashVersion } from "../eventlog/event.ts";
import { JsonError, JsonNumber, type JsonObject } from "../eventlog/json.ts";
import type { OpenedLog } from "../eventlog/open_log.ts";
import { EventTooLargeError, type LogRecord } from "../eventlog/record.ts";
import type { LogPosition } from "../eventlog/verifier.ts";
import { eventsTotal } from "../telemetry/metrics.ts";
import type { AgentEvent } from "./agent/events.ts";
import type { FencingToken } from "./fencing_token.ts";
import { type CheckpointPlan, JournalCheckpoints } from "./journal_checkpoints.ts";
import { type JournalState, loadJournal } from "./journal_state.ts";
import type { Term } from "./term.ts";

/** How the log is written. */
export interface JournalOptions {
  /**
   * Opens the log. Called twice: at first to read it, and then to write, given how far it was read.
   *
   * @param trusted what was verified of it: appending does not verify it again
   */
  readonly open: (trusted?: LogPosition) => OpenedLog;
  readonly hashVersion: HashVersion;
  /** `meta.writer_id` of every event; none without it. */
  readonly writerId?: string;
  /** Checkpoints that go with the log. Without it none is made, and none is trusted. */
  readonly checkpoints?: CheckpointPlan;
}

/**
 * Somebody else has appended to the log, and what it has come to is something else. It is known by
 * now: look again.
 */
export class JournalMovedError extends Error {
  override readonly name = "JournalMovedError";
}

/** An event that no log can keep, such as one that is too long; nothing was written. */
export class UnrecordableError extends Error {
  override readonly name = "UnrecordableError";
}

/** How often an event is tried to be added while others add what says nothing of agents. */
const MOST_ATTEMPTS = 100;

/** The log, with what it has come to. Calls take turns. */
export class Journal implements AsyncDisposable {
  readonly #options: JournalOptions;
  #opened: OpenJournal | undefined;
  /** Whose term it was when the log was read on last. */
  #term: Term | undefined;
  /** Whether the log may have become longer than we know. */
  #isUncertain = false;
  #fault: unknown;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: JournalOptions) {
    this.#options = options;
  }

  /** Why the log could not be read or written the last time; `undefined` while it can. */
  get fault(): unknown {
    return this.#fault;
  }

  /** What the log has come to. Only behind {@link follow}. */
  get universe(): UniverseReduction {
    return this.#demandOpen().state.universe;
  }

  /**
   * Sees to it that what the log says is known: it is read when this is first called, and read on in
   * a new term, and after an append of which nobody knows what became.
   *
   * @throws {LogStoreError} {@link LogFault}
   */
  follow(term: Term): Promise<void> {
    return this.#inTurn(async () => {
      const opened = this.#opened;
      if (opened === undefined) this.#opened = await this.#open();
      else if (this.#isUncertain || this.#term !== term) await this.#readOn(opened);
      this.#term = term;
    });
  }

  /**
   * Adds an event, if the term lasts and the log has come to what we know. What others have appended
   * that leaves the state as it is, such as evidence of a server, only moves the event's place.
   *
   * @throws {JournalMovedError} where it has not
   * @throws {UnrecordableError}
   * @throws {LogStoreError} where what became of it is not known: {@link follow} finds it out
   * @throws {LogFault} {@link LeadershipLostError}
   */
  record(term: Term, event: AgentEvent): Promise<LogRecord> {
    return this.#inTurn(async () => {
      const opened = this.#demandOpen();
      if (this.#isUncertain) {
        await this.#readOn(opened);
        throw new JournalMovedError("the log was read on after an append that failed");
      }
      const record = await this.#appendBehindOthers(opened, term, event);
      opened.state.take(record);
      eventsTotal.inc({ event_type: event.type });
      opened.checkpoints?.consider(opened.state, event.type);
      return record;
    });
  }

  /**
   * The last `AgentObserved` of an agent.
   *
   * @returns `undefined` where there is none, or it lies far before what was read
   */
  observation(agent: string): Promise<LogRecord | undefined> {
    return this.#inTurn(() => {
      const { opened, state } = this.#demandOpen();
      return this.#watched(() => state.observation(agent, opened.log));
    });
  }

  /** Waits for what is under way, and closes the log. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    await this.#opened?.checkpoints?.settled();
    await this.#opened?.opened[Symbol.asyncDispose]();
  }

  #demandOpen(): OpenJournal {
    if (this.#opened === undefined) throw new Error("the log was not read yet");
    return this.#opened;
  }

  async #open(): Promise<OpenJournal> {
    const { checkpoints, open } = this.#options;
    return await this.#watched(async () => {
      const state = await loadJournal(open, checkpoints?.key.publicKey);
      const opened = open(state.position.nextSeq > 0 ? state.position : undefined);
      const making = checkpoints && new JournalCheckpoints(checkpoints, opened);
      return { opened, state, checkpoints: making };
    });
  }

  async #readOn({ opened, state }: OpenJournal): Promise<void> {
    this.#isUncertain = true;
    await this.#watched(() => state.readOn(opened.log));
    this.#isUncertain = false;
  }

  async #appendBehindOthers(
    opened: OpenJournal,
    term: Term,
    event: AgentEvent,
  ): Promise<LogRecord> {
    const { state } = opened;
    const { version } = state.universe;
    for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
      const { nextSeq, prevHash: expectedPrevHash } = state.position;
      const complete = this.#complete(event, nextSeq, term.demand());
      const appended = await this.#append(opened, complete, expectedPrevHash);
      if (appended.kind === "committed") return appended.record;
      await this.#readOn(opened);
      if (state.universe.version !== version) break;
    }
    throw new JournalMovedError("somebody else has appended to the log");
  }

  async #append({ opened: { log } }: OpenJournal, event: NewEvent, expectedPrevHash: string) {
    try {
      return await this.#watched(() => log.append(event, { expectedPrevHash }));
    } catch (error) {
      if (error instanceof EventTooLargeError || error instanceof JsonError) {
        this.#fault = undefined;
        throw new UnrecordableError(error.message, { cause: error });
      }
      this.#isUncertain = true;
      throw error;
    }
  }

  /** Remembers whether the log could be reached. */
  async #watched<T>(run: () => Promise<T>): Promise<T> {
    try {
      const result = await run();
      this.#fault = undefined;
      return result;
    } catch (error) {
      this.#fault = error;
      throw error;
    }
  }

  #complete(event: AgentEvent, seq: number, token: FencingToken): NewEvent {
    const { hashVersion, writerId } = this.#options;
    const writer: JsonObject = writerId === undefined ? {} : { writer_id: writerId };
    const meta = { ...event.meta, ...writer, fencing_token: asJson(token) };
    // The time is the place, so that the same events are the same bytes.
    return { ...event, meta, ts: new JsonNumber(String(seq)), hashVersion };
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(run);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}

/** A log that was read. */
interface OpenJournal {
  readonly opened: OpenedLog;
  readonly state: JournalState;
  readonly checkpoints?: JournalCheckpoints;
}
