/**
 * The object that says where a log ends, so that whoever opens it finds the end at once. It is a
 * cache: what it says is a place to begin to look, and nothing more.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import { z } from "zod";
import { canonicalJson } from "./canonical_json.ts";
import { MOST_EVENTS } from "./event_objects.ts";
import { JsonNumber } from "./json.ts";
import { type KeptObject, type LogObjects, LogStoreError } from "./log_objects.ts";
import type { LogPosition } from "./verifier.ts";

/** What a head object says. */
export interface SaidHead {
  readonly lastSeq: number;
  readonly lastHash: string;
}

const HEAD = z.object({
  last_hash: z.string().regex(/^[0-9a-f]{64}$/),
  last_seq: z.int().min(0).max(MOST_EVENTS - 1),
}).transform(({ last_hash, last_seq }) => ({ lastHash: last_hash, lastSeq: last_seq }));

/** Longest head object that is looked into, in bytes. */
const LONGEST = 4_096;

/** Between two updates, in milliseconds: it need not keep up with every event. */
const PAUSE = 50;

/** How often an update is tried while others update it as well. */
const MOST_ATTEMPTS = 4;

/** A log's head object. */
export class HeadObject {
  readonly #objects: LogObjects;
  readonly #key: string;
  readonly #isThere: (seq: number) => Promise<boolean>;
  #wanted: LogPosition | undefined;
  #updating: Promise<void> | undefined;
  readonly #closing = new AbortController();
  #isDenied = false;

  /** @param isThere whether the log has an event */
  constructor(objects: LogObjects, key: string, isThere: (seq: number) => Promise<boolean>) {
    this.#objects = objects;
    this.#key = key;
    this.#isThere = isThere;
  }

  /** `undefined` where there is none, or none that can be read: the log is not the worse for it. */
  async read(): Promise<SaidHead | undefined> {
    try {
      const kept = await this.#objects.get(this.#key);
      return kept && parse(kept);
    } catch (error) {
      if (error instanceof LogStoreError) return undefined;
      throw error;
    }
  }

  /**
   * Has it say that the log ends there, if what it says is behind that or wrong. Returns at once; of
   * several calls only the last needs to be carried out, and none ever fails.
   */
  update(position: LogPosition): void {
    if (this.#isDenied || position.nextSeq === 0) return;
    if (position.nextSeq < (this.#wanted?.nextSeq ?? 0)) return;
    this.#wanted = position;
    this.#updating ??= this.#updateAsWanted();
  }

  /** Waits until it says what it was last told. */
  async settle(): Promise<void> {
    this.#closing.abort();
    await this.#updating;
  }

  async #updateAsWanted(): Promise<void> {
    const { signal } = this.#closing;
    try {
      while (this.#wanted !== undefined) {
        const position = this.#wanted;
        this.#wanted = undefined;
        await this.#write(position);
        await delay(PAUSE, undefined, { signal }).catch(() => {});
      }
    } finally {
      this.#updating = undefined;
    }
  }

  async #write(position: LogPosition): Promise<void> {
    try {
      for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
        if (await this.#tryToWrite(position)) return;
      }
    } catch (error) {
      if (!(error instanceof LogStoreError)) throw error;
      // Whoever may only read need not be told so again.
      this.#isDenied = error.type === "AccessDenied";
    }
  }

  /** `false` where somebody else was faster. */
  async #tryToWrite(position: LogPosition): Promise<boolean> {
    const kept = await this.#objects.get(this.#key);
    const bytes = headBytes(position);
    if (kept === undefined) return this.#objects.create(this.#key, bytes, "application/json");
    if (!await this.#isOutdated(parse(kept), position)) return true;
    return this.#objects.replace(this.#key, bytes, "application/json", kept.etag);
  }

  async #isOutdated(said: SaidHead | undefined, position: LogPosition): Promise<boolean> {
    const last = position.nextSeq - 1;
    if (said === undefined || said.lastSeq < last) return true;
    if (said.lastSeq === last) return said.lastHash !== position.prevHash;
    return !await this.#isThere(said.lastSeq);
  }
}

/** Canonical JSON, as the programs that Holdfast replaces write it. */
function headBytes({ nextSeq, prevHash }: LogPosition): Uint8Array {
  const last_seq = new JsonNumber(String(nextSeq - 1));
  return new TextEncoder().encode(canonicalJson({ last_hash: prevHash, last_seq }));
}

function parse({ bytes }: KeptObject): SaidHead | undefined {
  if (bytes.length > LONGEST) return undefined;
  try {
    return HEAD.safeParse(JSON.parse(new TextDecoder().decode(bytes))).data;
  } catch {
    return undefined;
  }
}
