/**
 * A log of objects, one per event, that is never rewritten. Any number of processes can append to
 * one log: of those that write the same seq, the store lets one win.
 *
 * @module
 */
import { EventObjects } from "./event_objects.ts";
import { logPutErrorsTotal } from "../telemetry/metrics.ts";
import type { Appended, AppendOptions, EventLog, NewEvent, ReadRange } from "./event_log.ts";
import { HeadObject } from "./head_object.ts";
import { type LogObjects, LogStoreError } from "./log_objects.ts";
import { newRecord } from "./new_record.ts";
import type { StoredRecord } from "./stored_record.ts";
import {
  endFrom,
  endOf,
  positionBehind,
  requirePosition,
  verifiedObjects,
} from "./verified_objects.ts";
import { BEGINNING, LogFault, type LogPosition } from "./verifier.ts";

/** How a log of objects is kept. */
export interface S3LogOptions {
  readonly objects: LogObjects;
  /** Without slashes at its ends; `""` for the whole bucket. */
  readonly prefix: string;
  /** Key of the head object; none is kept without it. */
  readonly headKey?: string;
  /** What was verified before: appending does not verify it again. Asked for when it first has to. */
  readonly trusted?: LogPosition | (() => Promise<LogPosition>);
}

const OVERWRITES =
  "the store passes over If-None-Match, so events in it could be overwritten; put " +
  "Holdfast in front of it";

/**
 * A log of objects. The first append verifies all that is there, later ones what others have
 * appended since; so do only `append` and `read`: `head` and `eventHash` verify the one record that
 * they tell of. Disposing of it waits for its head object.
 */
export class S3Log implements EventLog {
  readonly #events: EventObjects;
  readonly #head: HeadObject | undefined;
  /** The farthest that the log was seen to go: it never becomes shorter. */
  #seen: LogPosition;
  /** How far it is verified, from its beginning or from what is trusted on. */
  #verified: LogPosition | undefined;
  /** Verified as well, and nothing stood behind it. */
  #end: LogPosition | undefined;
  readonly #trusted: () => Promise<LogPosition>;
  /** Whether the store was seen to keep what is there. */
  #isWriteOnce = false;
  #turn: Promise<unknown> = Promise.resolve();

  constructor({ objects, prefix, headKey, trusted = BEGINNING }: S3LogOptions) {
    this.#events = new EventObjects(objects, prefix);
    const isKnown = typeof trusted !== "function";
    this.#trusted = isKnown ? () => Promise.resolve(trusted) : trusted;
    this.#seen = isKnown ? trusted : BEGINNING;
    if (headKey !== undefined) {
      this.#head = new HeadObject(objects, headKey, (seq) => this.#events.has(seq));
    }
  }

  append(event: NewEvent, { expectedPrevHash }: AppendOptions = {}): Promise<Appended> {
    const turn = this.#turn.then(() => this.#append(event, expectedPrevHash));
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /**
   * Where events before `fromSeq` were not verified and none is trusted, the record before it is: it
   * says which hash the next one has to follow.
   */
  async *read(
    { fromSeq = 0, toSeq = Infinity, aggregateId, trusted }: ReadRange = {},
  ): AsyncGenerator<StoredRecord> {
    const from = await this.#positionFor(fromSeq, trusted);
    if (from === undefined) return;
    const range = { from, to: toSeq, seen: () => this.#seen };
    for await (const record of verifiedObjects(this.#events, range)) {
      const position = { nextSeq: record.seq + 1, prevHash: record.eventHash };
      if (from === BEGINNING) this.#advance(position);
      else this.#see(position);
      const isOther = aggregateId !== undefined && record.event.aggregateId !== aggregateId;
      if (record.seq >= fromSeq && !isOther) yield record;
    }
  }

  async head(): Promise<LogPosition> {
    const seen = this.#seen;
    await requirePosition(this.#events, seen);
    const said = await this.#head?.read();
    const end = await endOf(this.#events, seen, said?.lastSeq);
    const position = end === seen.nextSeq ? seen : await this.#positionAt(end);
    // That something was appended since is no fault: it was the end a moment ago.
    await endFrom(this.#events, end, position);
    this.#see(position);
    if (said?.lastSeq !== end - 1 || said.lastHash !== position.prevHash) {
      this.#head?.update(position);
    }
    return position;
  }

  async eventHash(seq: number): Promise<string | undefined> {
    for await (const { eventHash } of this.read({ fromSeq: seq, toSeq: seq })) return eventHash;
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    await this.#head?.settle();
  }

  async #append(event: NewEvent, expected: string | undefined): Promise<Appended> {
    const isCurrent = this.#end?.nextSeq === this.#seen.nextSeq;
    let position = isCurrent && this.#end || await this.#catchUp();
    // Others may have appended what it is to follow.
    const isFound = expected === undefined || expected === position.prevHash;
    if (!isFound) position = await this.#catchUp();
    const { nextSeq, prevHash } = position;
    if (expected !== undefined && expected !== prevHash) {
      return { kind: "conflict", observedPrevHash: prevHash };
    }
    const { record, bytes } = newRecord(position, event);
    if (nextSeq > 0) await this.#requireWriteOnce(nextSeq - 1);
    // Should this throw, whether the log still ends here is not known.
    this.#end = undefined;
    if (!await this.#events.create(nextSeq, bytes)) {
      // A writer who should be alone has company.
      logPutErrorsTotal.inc({ error_type: "PreconditionFailed" });
      return { kind: "conflict", observedPrevHash: (await this.#catchUp()).prevHash };
    }
    if (nextSeq === 0) await this.#requireWriteOnce(nextSeq);
    this.#end = { nextSeq: nextSeq + 1, prevHash: record.eventHash };
    this.#advance(this.#end);
    this.#head?.update(this.#end);
    return { kind: "committed", record };
  }

  /**
   * Sees once that the store keeps what is there. It is asked to write an event over itself: one that
   * passes over the condition does so, and nothing is changed.
   */
  async #requireWriteOnce(seq: number): Promise<void> {
    if (this.#isWriteOnce) return;
    const bytes = await this.#events.get(seq);
    if (bytes === undefined) throw new LogFault(seq, "seq", String(seq), "nothing");
    if (await this.#events.create(seq, bytes)) throw new LogStoreError("Other", OVERWRITES);
    this.#isWriteOnce = true;
  }

  /** Verifies what has been appended since the last time, by anybody. */
  async #catchUp(): Promise<LogPosition> {
    this.#end = undefined;
    const isShort = this.#verified !== undefined;
    let verified = this.#verified ??= await this.#trustedPosition();
    const range = { from: verified, isShort, seen: () => this.#seen };
    for await (const record of verifiedObjects(this.#events, range)) {
      verified = { nextSeq: record.seq + 1, prevHash: record.eventHash };
      this.#advance(verified);
    }
    return this.#end = verified;
  }

  async #trustedPosition(): Promise<LogPosition> {
    const trusted = await this.#trusted();
    await requirePosition(this.#events, trusted);
    this.#see(trusted);
    return trusted;
  }

  #advance(position: LogPosition): void {
    if (position.nextSeq > (this.#verified?.nextSeq ?? 0)) this.#verified = position;
    this.#see(position);
  }

  #see(position: LogPosition): void {
    if (position.nextSeq > this.#seen.nextSeq) this.#seen = position;
  }

  /** Where to begin reading; `undefined` where the log ends before it. */
  async #positionFor(
    fromSeq: number,
    trusted: LogPosition | undefined,
  ): Promise<LogPosition | undefined> {
    if (trusted !== undefined && trusted.nextSeq <= fromSeq) {
      await requirePosition(this.#events, trusted);
      return trusted;
    }
    if (fromSeq === 0) return BEGINNING;
    const before = fromSeq - 1;
    for (;;) {
      const bytes = await this.#events.get(before);
      if (bytes !== undefined) return positionBehind(bytes, before);
      if (await endFrom(this.#events, before, this.#seen) === before) return undefined;
    }
  }

  /** The position behind the last of so many events. */
  async #positionAt(end: number): Promise<LogPosition> {
    if (end === 0) return BEGINNING;
    const bytes = await this.#events.get(end - 1);
    if (bytes === undefined) throw new LogFault(end - 1, "seq", String(end - 1), "nothing");
    return positionBehind(bytes, end - 1);
  }
}
