import type { StoredRecord } from "../../eventlog/stored_record.ts";
import { LogFault } from "../../eventlog/verifier.ts";
import type { EventFilter, IndexedEvent } from "../../metadata/log_index.ts";
import type { EventIndex } from "./event_index.ts";
import type { ServedLog } from "./served_log.ts";

/** Which events to read. */
export interface EventSelection {
  readonly fromSeq: number;
  /** All without it. */
  readonly filter?: EventFilter;
}

/** Some events, and where to go on. */
export interface EventPage {
  readonly records: readonly StoredRecord[];
  /** Absent where there is nothing to go on with. */
  readonly nextFromSeq?: number;
}

/** A page that has this many bytes ends, whatever its limit. */
const LARGEST_PAGE = 4 * 1_024 ** 2;

/** Events that are looked up at once in the index, and then read at once from the log. */
const [FOUND_AT_ONCE, READ_AT_ONCE] = [256, 8];

/** Of so many events one has to be wanted for all of them to be read. */
const CLOSE = 4;

/** Reads events in their order: from the log, where a filter asks for it by the index. */
export class EventReader {
  readonly #log: ServedLog;
  readonly #index: EventIndex;

  constructor(served: ServedLog, index: EventIndex) {
    this.#log = served;
    this.#index = index;
  }

  /** A page; it can be shorter than `limit` and yet not be the last. */
  async page(selection: EventSelection, limit: number): Promise<EventPage> {
    const records: StoredRecord[] = [];
    let bytes = 0;
    for await (const record of this.read(selection, limit + 1)) {
      if (records.length === limit || bytes >= LARGEST_PAGE) {
        return { records, nextFromSeq: record.seq };
      }
      records.push(record);
      bytes += record.bytes.length;
    }
    return { records };
  }

  /** Every event, or as many as `most`. */
  async *read(
    { fromSeq, filter }: EventSelection,
    most = Infinity,
  ): AsyncGenerator<StoredRecord> {
    if (filter === undefined) {
      const toSeq = Number.isFinite(most) ? fromSeq + most - 1 : undefined;
      return yield* this.#log.records(fromSeq, toSeq);
    }
    let left = most;
    for await (const record of this.#filtered(fromSeq, filter, Math.min(most, FOUND_AT_ONCE))) {
      yield record;
      if (--left === 0) return;
    }
  }

  /** Events at places, in their order. Those that lie close together are read in one go. */
  async at(seqs: readonly number[]): Promise<readonly StoredRecord[]> {
    const [first = 0, last = 0] = [seqs.at(0), seqs.at(-1)];
    if (last - first >= CLOSE * seqs.length) {
      const read = await Promise.all(seqs.map((seq) => this.#log.record(seq)));
      return read.filter((record) => record !== undefined);
    }
    const wanted = new Set(seqs);
    const records: StoredRecord[] = [];
    for await (const record of this.#log.records(first, last)) {
      if (wanted.has(record.seq)) records.push(record);
    }
    return records;
  }

  async *#filtered(
    fromSeq: number,
    filter: EventFilter,
    atOnce: number,
  ): AsyncGenerator<StoredRecord> {
    let [from, isFresh] = [fromSeq, false];
    for (let isLast = false; !isLast;) {
      const found = await this.#index.find(filter, from, atOnce);
      isLast = found.length < atOnce;
      for (let at = 0; at < found.length; at += READ_AT_ONCE) {
        const group = found.slice(at, at + READ_AT_ONCE);
        const records = await this.#readGroup(group, filter);
        if (records === undefined) {
          if (isFresh) throw notAsIndexed(group);
          await this.#index.forget();
          [isFresh, isLast] = [true, false];
          break;
        }
        yield* records;
        from = (group.at(-1)?.seq ?? from) + 1;
      }
    }
  }

  /** `undefined` where they are not what the index says: then it is not the log's. */
  async #readGroup(
    group: readonly IndexedEvent[],
    { aggregateId, types }: EventFilter,
  ): Promise<readonly StoredRecord[] | undefined> {
    const records = await this.at(group.map(({ seq }) => seq));
    const areAll = group.length === records.length &&
      records.every((record, place) =>
        record.eventHash === group[place]?.eventHash &&
        (aggregateId === undefined || record.event.aggregateId === aggregateId) &&
        (types === undefined || types.includes(record.event.type))
      );
    return areAll ? records : undefined;
  }
}

/** The log has become another one since it was read for the index. */
function notAsIndexed([first]: readonly IndexedEvent[]): LogFault {
  return new LogFault(first?.seq ?? 0, "event_hash", first?.eventHash ?? "", "another event");
}
