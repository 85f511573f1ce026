/**
 * Who wrote which part of a log, by the fencing tokens that writers with a lease put into `meta`:
 * `{holder_identity, epoch, resource_version, renew_time}`.
 *
 * @module
 */
import { isJsonObject, type Json, JsonNumber } from "../json.ts";
import type { StoredRecord } from "../stored_record.ts";

/** Who wrote an event. Empty texts stand for what the token does not say. */
export interface Writer {
  readonly holder: string;
  /** How often the holder has taken the lease: its own count, from 1 again after a restart. */
  readonly epoch: string;
  /** Of the lease; it grows with every change of it, whoever makes it. */
  readonly version: string;
  /** Of the event. */
  readonly seq: number;
}

/** Events of one term, one after the other; events without a token may lie between. */
export interface Run {
  readonly first: Writer;
  readonly last: Writer;
  readonly events: number;
  /** The first event that should not have been written; absent for a run that is in order. */
  readonly overlap?: Overlap;
}

/** An older term that wrote after a newer one. */
export interface Overlap {
  readonly writer: Writer;
  readonly reason: OverlapReason;
  /** The newer one. */
  readonly after: Writer;
}

/** How an older term is told from a newer one. */
export type OverlapReason =
  /** Its lease is the older one. Where both versions are numbers, nothing else counts. */
  | "resource_version"
  /** Its holder has taken the lease again since. */
  | "epoch"
  /** Somebody else's term had followed it already. */
  | "returned";

/** Goes along a log and puts its events into runs. */
export class FencingRuns {
  #run: Run | undefined;
  #withoutToken = 0;
  /** Of the terms so far, the event with the newest lease. */
  #newest: Writer | undefined;
  readonly #lastEpochs = new Map<string, Writer>();
  /** Terms that another one has followed, and the first event of that other one. */
  readonly #followers = new Map<string, Writer>();

  /** How many events say nothing of a lease. */
  get withoutToken(): number {
    return this.#withoutToken;
  }

  /** Takes the next event; gives the run that it ends, if it ends one. */
  accept(record: StoredRecord): Run | undefined {
    const writer = writerOf(record);
    if (writer === undefined) {
      this.#withoutToken++;
      return undefined;
    }
    const overlap = this.#overlapOf(writer);
    if (overlap === undefined) this.#newest = writer;
    this.#noteEpoch(writer);
    const run = this.#run;
    if (run !== undefined && termOf(run.last) === termOf(writer)) {
      const { first, events } = run;
      this.#run = { first, last: writer, events: events + 1, overlap: run.overlap ?? overlap };
      return undefined;
    }
    if (run !== undefined) this.#followers.set(termOf(run.last), writer);
    this.#run = { first: writer, last: writer, events: 1, overlap };
    return run;
  }

  /** The run that the log ends with; `undefined` where no event has a token. */
  end(): Run | undefined {
    return this.#run;
  }

  #overlapOf(writer: Writer): Overlap | undefined {
    const newest = this.#newest;
    if (newest === undefined) return undefined;
    if (isNumber(writer.version) && isNumber(newest.version)) {
      const isOlder = BigInt(writer.version) < BigInt(newest.version);
      return isOlder ? { writer, reason: "resource_version", after: newest } : undefined;
    }
    const again = this.#lastEpochs.get(writer.holder);
    if (again !== undefined && isEarlierEpoch(writer, again)) {
      return { writer, reason: "epoch", after: again };
    }
    const follower = this.#followers.get(termOf(writer));
    return follower && { writer, reason: "returned", after: follower };
  }

  #noteEpoch(writer: Writer): void {
    const last = this.#lastEpochs.get(writer.holder);
    if (last === undefined || !isEarlierEpoch(writer, last)) {
      this.#lastEpochs.set(writer.holder, writer);
    }
  }
}

function writerOf({ event, seq }: StoredRecord): Writer | undefined {
  const token = event.meta["fencing_token"];
  if (!isJsonObject(token)) return undefined;
  return {
    holder: textOf(token["holder_identity"]),
    epoch: textOf(token["epoch"]),
    version: textOf(token["resource_version"]),
    seq,
  };
}

function isEarlierEpoch({ epoch }: Writer, { epoch: other }: Writer): boolean {
  return isNumber(epoch) && isNumber(other) && BigInt(epoch) < BigInt(other);
}

/** As the versions of Kubernetes are. Longer ones would take long to read. */
function isNumber(text: string): boolean {
  return /^\d{1,40}$/.test(text);
}

function termOf({ holder, epoch }: Writer): string {
  return JSON.stringify([holder, epoch]);
}

function textOf(value: Json | undefined): string {
  if (typeof value === "string") return value;
  return value instanceof JsonNumber ? value.text : "";
}
