import {
  dropIndex,
  type EventFilter,
  type EventToIndex,
  extendIndex,
  findEvents,
  type IndexedEvent,
  type IndexPosition,
  openIndex,
} from "../../metadata/log_index.ts";
import { isDatabaseAway, type Sql } from "../../metadata/sql.ts";
import { log } from "../../telemetry/logs.ts";
import { replayDuration } from "../../telemetry/metrics.ts";
import type { ServedLog } from "./served_log.ts";

/** Events that are put into the index at once. */
const BATCH = 500;

/** The database that has the index cannot be reached. */
export class IndexUnavailableError extends Error {
  override readonly name = "IndexUnavailableError";
}

/**
 * Finds events of a log by what they say. The index is in PostgreSQL, is brought up to the log before
 * it is asked, and is made anew where it is not that of the log as it is. Throws {@link IndexUnavailableError}, and what
 * `EventLog` throws.
 */
export class EventIndex {
  readonly #sql: Sql;
  readonly #log: ServedLog;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(sql: Sql, served: ServedLog) {
    this.#sql = sql;
    this.#log = served;
  }

  /** Events from one place on, in their order, as the log was when this was called or later. */
  find(filter: EventFilter, fromSeq: number, limit: number): Promise<readonly IndexedEvent[]> {
    return reached(async () => {
      while (true) {
        const id = await this.#inTurn(() => this.#broughtUp());
        if (id === undefined) return [];
        const found = await findEvents(this.#sql, id, filter, fromSeq, limit);
        if (found !== undefined) return found;
      }
    });
  }

  /** Forgets what is in the index: the next question makes it again. */
  forget(): Promise<void> {
    return reached(async () => {
      const firstHash = await this.#log.eventHash(0);
      if (firstHash !== undefined) await this.#drop(await openIndex(this.#sql, firstHash));
    });
  }

  /** One after another: who comes second finds done what the first one did. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(run);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** The id of the index with every event in it; `undefined` where the log has none. */
  async #broughtUp(): Promise<number | undefined> {
    const firstHash = await this.#log.eventHash(0);
    if (firstHash === undefined) return undefined;
    const { nextSeq: end, prevHash } = await this.#log.head();
    while (true) {
      const index = await openIndex(this.#sql, firstHash);
      if (index.nextSeq === end && index.prevHash === prevHash) return index.id;
      if (!await this.#isOfLog(index)) await this.#drop(index);
      else if (index.nextSeq >= end) return index.id;
      else await this.#extend(index, end);
    }
  }

  async #isOfLog({ nextSeq, prevHash }: IndexPosition): Promise<boolean> {
    return nextSeq === 0 || await this.#log.eventHash(nextSeq - 1) === prevHash;
  }

  async #drop({ id, nextSeq }: IndexPosition): Promise<void> {
    log.warning("the index of the log of events is made anew", { events: nextSeq });
    await dropIndex(this.#sql, id);
  }

  /** Ends early where another process does the same, and is faster. */
  async #extend(index: IndexPosition, end: number): Promise<void> {
    const finished = replayDuration.startTimer();
    let [from, batch]: [IndexPosition, EventToIndex[]] = [index, []];
    for await (const { seq, event, eventHash } of this.#log.records(index.nextSeq, end - 1)) {
      const { aggregateId, type } = event;
      batch.push({ seq, aggregateId, type, eventHash });
      if (batch.length < BATCH && seq < end - 1) continue;
      if (!await extendIndex(this.#sql, from, batch)) return;
      from = { id: index.id, nextSeq: seq + 1, prevHash: eventHash };
      batch = [];
    }
    finished();
  }
}

async function reached<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    if (!isDatabaseAway(cause)) throw cause;
    throw new IndexUnavailableError("the database of the index cannot be reached", { cause });
  }
}
