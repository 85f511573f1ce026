import { Buffer } from "node:buffer";
import { canonicalJson } from "../canonical_json.ts";
import { isJsonObject, type Json } from "../json.ts";
import type { StoredRecord } from "../stored_record.ts";

/** What a decision can say of the event that it was made upon. */
export interface Trigger {
  readonly seq: number;
  readonly hash: string;
  readonly type: string;
  /** Canonical JSON of the payload's `spec_hash`; absent where it has none. */
  readonly specHash?: string;
}

/** Bytes of a hash. */
const HASH_BYTES = 32;

/** What can be pointed at: every event of a log so far, in some 50 bytes each. */
export class TriggerIndex {
  #hashes = Buffer.alloc(1_024 * HASH_BYTES);
  readonly #types: string[] = [];
  readonly #specHashes = new Map<number, string>();
  /** Equal texts are kept once. */
  readonly #texts = new Map<string, string>();

  /** Adds the next event. */
  add({ event, eventHash }: StoredRecord): void {
    const seq = this.#types.length;
    const at = seq * HASH_BYTES;
    if (at === this.#hashes.length) this.#hashes = Buffer.concat([this.#hashes, this.#hashes]);
    this.#hashes.write(eventHash, at, "hex");
    this.#types.push(this.#once(event.type));
    const specHash = isJsonObject(event.payload)
      ? specHashText(event.payload["spec_hash"])
      : undefined;
    if (specHash !== undefined) this.#specHashes.set(seq, this.#once(specHash));
  }

  /** The event at `seq`; `undefined` where there is none so far, or it is no place at all. */
  get(seq: number): Trigger | undefined {
    const type = this.#types[seq];
    if (type === undefined) return undefined;
    const at = seq * HASH_BYTES;
    const hash = this.#hashes.toString("hex", at, at + HASH_BYTES);
    return { seq, hash, type, specHash: this.#specHashes.get(seq) };
  }

  #once(text: string): string {
    const known = this.#texts.get(text);
    if (known === undefined) this.#texts.set(text, text);
    return known ?? text;
  }
}

/** A value as {@link Trigger.specHash} has it. */
export function specHashText(value: Json | undefined): string | undefined {
  return value === undefined || value === null ? undefined : canonicalJson(value);
}
