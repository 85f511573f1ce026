import { keyUnder } from "../config/log_location.ts";
import type { LogObjects } from "./log_objects.ts";

/** Digits of a seq in a key: so many events a log in S3 can have, for keys to be in their order. */
const DIGITS = 10;

/** Most events of a log. */
export const MOST_EVENTS = 10 ** DIGITS;

const NAME = /^(\d{10})\.json$/;

/** Events without a gap. */
export interface Run {
  /** Behind the last of them. */
  readonly end: number;
  /** The first behind a gap; absent where there is none. */
  readonly next?: number;
}

/** The events of a log as objects, one each: `{prefix}/{seq:010d}.json`. Other keys are ignored. */
export class EventObjects {
  readonly #objects: LogObjects;
  readonly #prefix: string;

  /** @param prefix of the log, without a slash at its end */
  constructor(objects: LogObjects, prefix: string) {
    this.#objects = objects;
    this.#prefix = prefix;
  }

  /** The bytes of an event's record; `undefined` where there is none. */
  async get(seq: number): Promise<Uint8Array | undefined> {
    return (await this.#objects.get(this.#keyOf(seq)))?.bytes;
  }

  has(seq: number): Promise<boolean> {
    return this.#objects.has(this.#keyOf(seq));
  }

  /** Writes an event's record. `false` where somebody else has written one with that seq. */
  create(seq: number, record: Uint8Array): Promise<boolean> {
    return this.#objects.create(this.#keyOf(seq), record, "application/json");
  }

  /** The events from `seq` on that follow each other, as a listing shows them. */
  async runFrom(seq: number): Promise<Run> {
    const folder = keyUnder(this.#prefix, "");
    const last = this.#keyOf(MOST_EVENTS - 1);
    let end = seq;
    for await (
      const key of this.#objects.list(folder, seq === 0 ? undefined : this.#keyOf(seq - 1))
    ) {
      if (key > last) break;
      const found = NAME.exec(key.slice(folder.length))?.[1];
      if (found === undefined) continue;
      if (Number(found) !== end) return { end, next: Number(found) };
      end++;
    }
    return { end };
  }

  #keyOf(seq: number): string {
    return keyUnder(this.#prefix, `${String(seq).padStart(DIGITS, "0")}.json`);
  }
}
