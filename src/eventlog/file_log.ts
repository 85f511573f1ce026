/**
 * A log in a file: one record a line, written through to the disk before it counts. Any number of
 * processes can append to one log; they take turns by a lock on the file. What waits for its turn
 * in one process is written at once.
 *
 * @module
 */
import { ActiveFile } from "./active_file.ts";
import { AppendBatch, type WaitingEvent } from "./append_batch.ts";
import type { Appended, AppendOptions, EventLog, NewEvent, ReadRange } from "./event_log.ts";
import { DurableEnd } from "./durable_end.ts";
import { fileFault } from "./file_fault.ts";
import { FIRST_PLACE, type Place, Places } from "./places.ts";
import type { StoredRecord } from "./stored_record.ts";
import { placeOf, verifiedLines } from "./verified_lines.ts";
import type { LogPosition } from "./verifier.ts";

/** How a file log is kept. */
export interface FileLogOptions {
  readonly path: string;
  /** A file that has this many bytes is rotated into a segment; never without it. */
  readonly maxBytes?: number;
  /** Most segments: nothing is ever deleted, so the file then grows on. No bound without it. */
  readonly maxSegments?: number;
  /** What was verified before: appending does not verify it again. */
  readonly trusted?: LogPosition;
  /** Told where a line that a crash left unfinished was put aside. */
  readonly onTornLine?: (keptAt: string) => void;
  /** Told why a file that is long enough stays as it is; once, until one is rotated again. */
  readonly onRotationFailure?: (error: unknown) => void;
}

/** Most events that are written at once. */
const MOST_AT_ONCE = 256;

/** A log in a file. Disposing of it closes the file. */
export class FileLog implements EventLog {
  readonly #options: FileLogOptions;
  readonly #active: ActiveFile;
  /** Places up to which it was verified from its beginning, and from what was trusted. */
  readonly #places = new Places();
  readonly #trusted = new Places();
  readonly #durable = new DurableEnd();
  /** How far it has been verified. */
  #verified: Place | undefined;
  #waiting: WaitingEvent[] = [];
  /** Whether a turn is to come in which they are written. */
  #isScheduled = false;
  /** Whether the last rotation that was due succeeded. */
  #isRotating = true;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: FileLogOptions) {
    this.#options = options;
    this.#active = new ActiveFile(options);
  }

  append(event: NewEvent, { expectedPrevHash }: AppendOptions = {}): Promise<Appended> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ event, expectedPrevHash, resolve, reject });
      this.#scheduleWriting();
    });
  }

  async *read(
    { fromSeq = 0, toSeq = Infinity, aggregateId, trusted }: ReadRange = {},
  ): AsyncGenerator<StoredRecord> {
    const { path } = this.#options;
    try {
      const isUseful = trusted !== undefined && trusted.nextSeq <= fromSeq;
      const places = isUseful ? this.#trusted : this.#places;
      const from = isUseful
        ? await placeOf(path, trusted, places.before(trusted.nextSeq - 1))
        : places.before(fromSeq);
      for await (const { records, after } of verifiedLines(path, from, this.#durable)) {
        if (after !== undefined) places.note(after);
        for (const record of records) {
          if (record.seq > toSeq) return;
          const isOther = aggregateId !== undefined && record.event.aggregateId !== aggregateId;
          if (record.seq >= fromSeq && !isOther) yield record;
          // What comes behind it is not asked for, and may be wrong.
          if (record.seq >= toSeq) return;
        }
      }
    } catch (error) {
      throw fileFault(path, error);
    }
  }

  head(): Promise<LogPosition> {
    return this.#inTurn(async () => {
      try {
        return (await this.#verify()).position;
      } catch (error) {
        throw fileFault(this.#options.path, error);
      }
    });
  }

  async eventHash(seq: number): Promise<string | undefined> {
    for await (const record of this.read({ fromSeq: seq, toSeq: seq })) return record.eventHash;
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // Each turn may have another one follow it.
    for (let last; last !== this.#turn;) await (last = this.#turn);
    this.#active[Symbol.dispose]();
  }

  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(run);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Verifies what has been written since the last time, by anybody. */
  async #verify(): Promise<Place> {
    const { path, trusted } = this.#options;
    this.#verified ??= trusted === undefined
      ? FIRST_PLACE
      : await placeOf(path, trusted, FIRST_PLACE);
    for await (const { after } of verifiedLines(path, this.#verified, this.#durable)) {
      if (after !== undefined) this.#advance(after);
    }
    return this.#verified;
  }

  #advance(place: Place): void {
    this.#verified = place;
    (this.#options.trusted === undefined ? this.#places : this.#trusted).note(place);
  }

  /** Never throws: whoever waits is told. */
  async #writeWaiting(): Promise<void> {
    let batch: readonly WaitingEvent[] = [];
    try {
      const { isFresh } = await this.#active.lock();
      try {
        const end = await this.#catchUp(isFresh);
        batch = this.#takeWaiting(MOST_AT_ONCE);
        await this.#write(end, batch);
      } finally {
        this.#active.unlock();
      }
    } catch (error) {
      // The next turn has to catch up with the file anew: it may not have come to it at all.
      this.#active[Symbol.dispose]();
      const failed = batch.length > 0 ? batch : this.#takeWaiting(Infinity);
      const fault = fileFault(this.#options.path, error);
      for (const { reject } of failed) reject(fault);
    }
    this.#scheduleWriting();
  }

  /** Whatever waits is written in one turn, and no turn is taken for nothing. */
  #scheduleWriting(): void {
    if (this.#isScheduled || this.#waiting.length === 0) return;
    this.#isScheduled = true;
    this.#inTurn(() => this.#writeWaiting());
  }

  #takeWaiting(most: number): readonly WaitingEvent[] {
    this.#isScheduled = false;
    return this.#waiting.splice(0, most);
  }

  /** The end of the log, with nothing behind it; while the file is locked it stays there. */
  async #catchUp(isFresh: boolean): Promise<Place> {
    const size = this.#active.size();
    if (!isFresh && this.#verified?.offset === size) {
      this.#active.confirm(this.#verified);
      return this.#verified;
    }
    const end = await this.#verify();
    if (end.offset < size) await this.#active.putAside(end.offset, size);
    return end;
  }

  async #write(end: Place, events: readonly WaitingEvent[]): Promise<void> {
    const batch = new AppendBatch(end.position, events);
    const { bytes } = batch;
    if (bytes.length === 0) return batch.settle();
    await this.#active.write(bytes);
    const written = { ...end, offset: end.offset + bytes.length, position: batch.position };
    this.#durable.note(written);
    this.#advance(written);
    try {
      await this.#active.rotateIfFull(batch.position);
      this.#isRotating = true;
    } catch (error) {
      if (this.#isRotating) this.#options.onRotationFailure?.(error);
      this.#isRotating = false;
      throw error;
    } finally {
      // What is kept is kept, in a file that is too long as well; the next to write rotates it.
      batch.settle();
    }
  }
}
