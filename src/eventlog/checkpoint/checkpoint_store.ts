/**
 * Where checkpoints of a log are kept: one object each, beside the log. None is ever overwritten.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import type { EventLog } from "../event_log.ts";
import { keyUnder } from "../../config/log_location.ts";
import type { LogObjects } from "../log_objects.ts";
import { LARGEST_OBJECT, ObjectTooLargeError } from "../objects/object_size.ts";
import type { PublicKey } from "../signing_key.ts";
import { checkpointText, CheckpointTextError, readCheckpoint } from "./checkpoint_text.ts";
import type { StateCheckpoint } from "./state_checkpoint.ts";
import { isPositionOf } from "./trusted_position.ts";
import { verifySignature } from "./verify_checkpoint.ts";

/** A checkpoint that is there, by what its name says. */
export interface KeptCheckpoint {
  readonly key: string;
  readonly eventIndex: number;
}

/** How keeping one ended. */
export type Saved =
  /** It is there: since now, or the same bytes were there before. */
  | { readonly kind: "saved" | "present"; readonly key: string }
  /** Another one of that event is there under its name: nothing was written. */
  | { readonly kind: "occupied"; readonly key: string };

/** Which verified checkpoint to look for. */
export interface LatestVerifiedOptions {
  /** The last event that it may be of; any without it. */
  readonly atOrBefore?: number;
  /** What else is asked of it. */
  readonly suits?: (checkpoint: StateCheckpoint) => boolean;
}

/** `cp_{index}_{first 8 digits of the event's hash}.json`, the index without zeros before it. */
const NAME = /^cp_(0|[1-9]\d*)_[0-9a-f]{8}\.json$/;
const BEGIN_OF_NAME = "cp_";

/** The checkpoints of a log. All methods throw `LogStoreError` where they cannot be reached. */
export class CheckpointStore {
  readonly #objects: LogObjects;
  readonly #prefix: string;

  /** @param prefix of the log, without a slash at its end; `""` for none */
  constructor(objects: LogObjects, prefix: string) {
    this.#objects = objects;
    this.#prefix = prefix;
  }

  /**
   * Keeps a checkpoint under its name.
   *
   * @throws {ObjectTooLargeError} for one that nobody could read again
   */
  async save(checkpoint: StateCheckpoint): Promise<Saved> {
    const key = keyUnder(this.#prefix, checkpointName(checkpoint));
    const bytes = new TextEncoder().encode(checkpointText(checkpoint));
    if (bytes.length > LARGEST_OBJECT) throw new ObjectTooLargeError(key, bytes.length);
    if (await this.#objects.create(key, bytes, "application/json")) return { kind: "saved", key };
    const there = await this.#objects.get(key);
    const isSame = there !== undefined && Buffer.compare(there.bytes, bytes) === 0;
    return { kind: isSame ? "present" : "occupied", key };
  }

  /** All that are there, the one of the earliest event first. */
  async list(): Promise<readonly KeptCheckpoint[]> {
    const kept: KeptCheckpoint[] = [];
    for await (const key of this.#objects.list(keyUnder(this.#prefix, BEGIN_OF_NAME))) {
      const [, index] = NAME.exec(key.slice(keyUnder(this.#prefix, "").length)) ?? [];
      if (index !== undefined) kept.push({ key, eventIndex: Number(index) });
    }
    return kept.sort((one, other) => one.eventIndex - other.eventIndex);
  }

  /**
   * Reads one that is listed.
   *
   * @returns `undefined` where it is gone
   * @throws {CheckpointTextError} for what is no checkpoint, or is one of another event than its name
   * says
   */
  async read({ key, eventIndex }: KeptCheckpoint): Promise<StateCheckpoint | undefined> {
    const kept = await this.#objects.get(key);
    if (kept === undefined) return undefined;
    const checkpoint = readCheckpoint(new TextDecoder().decode(kept.bytes));
    if (checkpoint.eventIndex === eventIndex) return checkpoint;
    throw new CheckpointTextError(`event_index must be ${eventIndex}, as the name says`);
  }

  /**
   * The newest one, whatever it says.
   *
   * @param atOrBefore the last event that it may be of
   */
  async latest(atOrBefore = Infinity): Promise<KeptCheckpoint | undefined> {
    return (await this.list()).findLast(({ eventIndex }) => eventIndex <= atOrBefore);
  }

  /**
   * The newest one that the key signed and whose event has that hash in the log. Others are passed
   * over: whoever may write here cannot keep a right one from being found.
   */
  async latestVerified(
    publicKey: PublicKey,
    log: Pick<EventLog, "read">,
    { atOrBefore = Infinity, suits = () => true }: LatestVerifiedOptions = {},
  ): Promise<StateCheckpoint | undefined> {
    const kept = (await this.list()).filter(({ eventIndex }) => eventIndex <= atOrBefore);
    for (const each of kept.toReversed()) {
      const checkpoint = await this.#signedBy(publicKey, each);
      if (checkpoint === undefined || !suits(checkpoint)) continue;
      const { eventIndex, eventHash } = checkpoint;
      const position = { nextSeq: eventIndex + 1, prevHash: eventHash };
      if (await isPositionOf(log, position)) return checkpoint;
    }
    return undefined;
  }

  async #signedBy(
    publicKey: PublicKey,
    kept: KeptCheckpoint,
  ): Promise<StateCheckpoint | undefined> {
    try {
      const checkpoint = await this.read(kept);
      // One of another key is no fault: keys change.
      if (checkpoint?.pubkeyId !== publicKey.id) return undefined;
      return verifySignature(checkpoint, publicKey).ok ? checkpoint : undefined;
    } catch (error) {
      if (error instanceof CheckpointTextError || error instanceof ObjectTooLargeError) {
        return undefined;
      }
      throw error;
    }
  }
}

function checkpointName({ eventIndex, eventHash }: StateCheckpoint): string {
  return `${BEGIN_OF_NAME}${eventIndex}_${eventHash.slice(0, 8)}.json`;
}
