/**
 * Events that are written to a file at once.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { Appended, NewEvent } from "./event_log.ts";
import { newRecord } from "./new_record.ts";
import type { LogPosition } from "./verifier.ts";

/** An event that waits to be written, and who waits for it. */
export interface WaitingEvent {
  readonly event: NewEvent;
  readonly expectedPrevHash: string | undefined;
  readonly resolve: (appended: Appended) => void;
  readonly reject: (error: unknown) => void;
}

const LINE_END = new Uint8Array([0x0a]);

/** What is to be written for some events, and what to tell those who wait for them. */
export class AppendBatch {
  readonly #lines: Uint8Array[] = [];
  readonly #answers: (() => void)[] = [];
  #position: LogPosition;

  /** @param position the end of the log */
  constructor(position: LogPosition, events: readonly WaitingEvent[]) {
    this.#position = position;
    for (const waiting of events) this.#answers.push(this.#take(waiting));
  }

  /** The end of the log once this is written. */
  get position(): LogPosition {
    return this.#position;
  }

  /** Lines for the end of the file; none where every event is refused. */
  get bytes(): Uint8Array {
    return Buffer.concat(this.#lines);
  }

  /** Tells everybody, once it is on the disk. */
  settle(): void {
    for (const answer of this.#answers) answer();
  }

  #take({ event, expectedPrevHash, resolve, reject }: WaitingEvent): () => void {
    const { prevHash } = this.#position;
    if (expectedPrevHash !== undefined && expectedPrevHash !== prevHash) {
      return () => resolve({ kind: "conflict", observedPrevHash: prevHash });
    }
    try {
      const { record, bytes } = newRecord(this.#position, event);
      this.#lines.push(bytes, LINE_END);
      this.#position = { nextSeq: record.event.seq + 1, prevHash: record.eventHash };
      return () => resolve({ kind: "committed", record });
    } catch (error) {
      // One event that cannot be written is no reason to refuse the others.
      return () => reject(error);
    }
  }
}
