/**
 * Who wrote which part of a log, by the fencing tokens that writers with a lease put into `meta`:
 * `{holder_identity, epoch, resource_version, renew_time}`.
 *
 * Programs count epochs in two ways. Holdfast's operator counts the terms of the lease: every taking of
 * it, by whomever, has an epoch of its own. Others count for themselves how often they have taken it,
 * from 1 again after a restart. A log does not say which of them wrote it, but shows it where the
 * holder changes for the first time: epochs of the lease are higher then.
 *
 * Tokens are evidence and nothing else: no store looks at them.
 *
 * @module
 */
import { isJsonObject, type Json, JsonNumber } from "../json.ts";
import type { StoredRecord } from "../stored_record.ts";

/** Who wrote an event. Empty texts stand for what the token does not say. */
export interface Writer {
  readonly holder: string;
  /** Which term of the lease, or how often its holder has taken it; `0` without an election. */
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
  /** Its holder has taken the lease again since, or, where the lease's terms are counted, anybody. */
  | "epoch"
  /** Somebody else has written in the same epoch, although it can only be one's. */
  | "shared_epoch"
  /** Somebody else's term had followed it already. */
  | "returned";

/** Goes along a log and puts its events into runs. */
export class FencingRuns {
  #run: Run | undefined;
  #withoutToken = 0;
  /** Of the terms so far, the event with the newest lease. */
  #newest: Writer | undefined;
  /** Whether epochs are those of the lease; `undefined` until the holder has changed. */
  #countsLease: boolean | undefined;
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
    if (run !== undefined) this.#noteChange(run.last, writer);
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
    const order = orderOf(writer.version, newest.version);
    if (order > 0) return undefined;
    if (order < 0) return { writer, reason: "resource_version", after: newest };
    const again = this.#lastEpochs.get(writer.holder);
    if (again !== undefined && isEarlierEpoch(writer, again)) {
      return { writer, reason: "epoch", after: again };
    }
    if (this.#countsLease === true && isEarlierEpoch(writer, newest)) {
      return { writer, reason: "epoch", after: newest };
    }
    // One version of a lease has one holder, however epochs are counted.
    if ((this.#countsLease === true || order === 0) && shareEpoch(writer, newest)) {
      return { writer, reason: "shared_epoch", after: newest };
    }
    const follower = this.#followers.get(termOf(writer));
    return follower && { writer, reason: "returned", after: follower };
  }

  #noteChange(last: Writer, next: Writer): void {
    this.#followers.set(termOf(last), next);
    if (last.holder !== next.holder) this.#countsLease ??= isEarlierEpoch(last, next);
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

/** How two versions compare; not a number where they cannot be compared. */
function orderOf(version: string, other: string): number {
  if (!isNumber(version) || !isNumber(other)) return NaN;
  const difference = BigInt(version) - BigInt(other);
  return difference === 0n ? 0 : difference > 0n ? 1 : -1;
}

function isEarlierEpoch(one: Writer, other: Writer): boolean {
  return isElected(one) && isElected(other) && BigInt(one.epoch) < BigInt(other.epoch);
}

function shareEpoch(one: Writer, other: Writer): boolean {
  return isElected(one) && one.epoch === other.epoch && one.holder !== other.holder;
}

/** Whether it wrote as an elected leader: without an election there is nothing to compare. */
function isElected({ epoch }: Writer): boolean {
  return isNumber(epoch) && BigInt(epoch) > 0n;
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
