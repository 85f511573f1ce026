/**
 * Finishing what was begun. An object and its event both happen, or neither: what is to be done is
 * written down before, and whoever finds it done in part does the rest. Each step can be done again,
 * by anybody and at any time: an object is written where there is none, deleted where there is one,
 * and the recorder adds an event unless it is there.
 *
 * @module
 */
import { isJsonObject, type JsonObject, parseJson } from "../eventlog/json.ts";
import { findState } from "../metadata/evidence.ts";
import { ObjectStoreError } from "../objectstore/object_store_error.ts";
import {
  claimDueEntry,
  claimEntry,
  countFailing,
  dropEntry,
  finishEntry,
  giveUpEntry,
  type OutboxAction,
  type OutboxEntry,
} from "../metadata/evidence_outbox.ts";
import type { EvidenceContext } from "./context.ts";
import { EvidenceError } from "./evidence_error.ts";
import { finishUpload } from "./finish_upload.ts";
import type { EventPlace } from "./model.ts";
import { putOnce } from "./put_once.ts";

/** Told of an entry that could not be finished. */
export type PendingObserver = (entry: OutboxEntry, error: unknown) => void;

/** Entries that are worked on at once: one that takes its time holds up no other. */
const AT_ONCE = 4;

/** Most that waits for a store, or a log, that cannot be reached: all of its bytes are written down. */
const MOST_FAILING = 1_000;

/** What is done with an object before its event is recorded. */
const ACTIONS: Readonly<
  Record<OutboxAction, (context: EvidenceContext, entry: OutboxEntry) => Promise<OutboxEntry>>
> = {
  put: putOrDrop,
  upload: (context, entry) =>
    entry.payload === undefined ? finishUpload(context, entry) : Promise.resolve(entry),
  async delete({ objects }, entry) {
    await objects.deleteObject(entry.objectKey);
    return entry;
  },
  none: (_context, entry) => Promise.resolve(entry),
};

/**
 * Lets nothing more be begun while too much cannot be finished.
 *
 * @throws {ObjectStoreError} `Throttled`
 */
export async function demandRoom(context: EvidenceContext): Promise<void> {
  if (await countUnfinished(context) < MOST_FAILING) return;
  const message = `${MOST_FAILING} writes wait until the objects and the log can be written again`;
  throw new ObjectStoreError("Throttled", message, { code: "SlowDown" });
}

/** How much failed, and is tried again: as many as there may be, at most. */
export function countUnfinished({ sql }: EvidenceContext): Promise<number> {
  return countFailing(sql, MOST_FAILING);
}

/**
 * Finishes what is due: what its beginner has given up, or has had to himself for long enough.
 *
 * @param signal no more is begun once it is aborted
 * @returns how much was finished
 */
export async function finishPending(
  context: EvidenceContext,
  onFailure: PendingObserver = () => {},
  signal?: AbortSignal,
): Promise<number> {
  let finished = 0;
  const work = async () => {
    while (!signal?.aborted) {
      const entry = await claimDueEntry(context.sql);
      if (entry === undefined) return;
      try {
        await finish(context, entry);
        finished++;
      } catch (error) {
        onFailure(entry, error);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return finished;
}

/**
 * Takes an entry over and finishes it.
 *
 * @returns its event; `undefined` where there was nothing to finish any more
 */
export async function takeOver(
  context: EvidenceContext,
  id: string,
): Promise<EventPlace | undefined> {
  const entry = await claimEntry(context.sql, id);
  return entry && await finish(context, entry);
}

/** Finishes what this process has begun; what it cannot finish is for others at once. */
export async function finishOwn(
  context: EvidenceContext,
  entry: OutboxEntry,
): Promise<EventPlace | undefined> {
  try {
    return await finish(context, entry);
  } catch (error) {
    await giveUp(context, entry);
    throw error;
  }
}

/** Lets others go on at once. */
export async function giveUp({ sql }: EvidenceContext, { id }: OutboxEntry): Promise<void> {
  // Where the database is away as well the entry comes to be due by itself.
  await giveUpEntry(sql, id).catch(() => {});
}

/** Does all that is to be done for an entry. Returns its event; `undefined` for what was dropped. */
export async function finish(
  context: EvidenceContext,
  entry: OutboxEntry,
): Promise<EventPlace | undefined> {
  return await recordAndEnd(context, await ACTIONS[entry.action](context, entry));
}

/**
 * Where another object is in the place nothing was stored, unless its event says so, nor will be: the
 * entry would keep its decision, and that object, from ever being used.
 */
async function putOrDrop(context: EvidenceContext, entry: OutboxEntry): Promise<OutboxEntry> {
  const { fromSeq, id: operation } = entry;
  try {
    await putOnce(context, entry);
  } catch (error) {
    const isInTheWay = error instanceof EvidenceError;
    if (!isInTheWay) throw error;
    if (await context.recorder.find({ operation, fromSeq }) !== undefined) return entry;
    await dropEntry(context.sql, operation);
    throw error;
  }
  return entry;
}

/** Does what is left when the object of an entry is done. */
export async function recordAndEnd(
  context: EvidenceContext,
  entry: OutboxEntry,
): Promise<EventPlace | undefined> {
  const { decisionId, eventType: type, fromSeq, id: operation, payload } = entry;
  if (payload === undefined) return undefined;
  const event = { operation, type, decisionId, payload: objectOf(payload), fromSeq };
  const place = await context.recorder.record(event);
  const isFirst = await finishEntry(context.sql, operation, place);
  if (!isFirst && entry.action === "put") await removeIfDeleted(context, entry);
  return place;
}

/**
 * Who took so long that others have finished the entry, and even deleted what it is about, may have
 * written the object again. Its key is never given to anything else.
 */
async function removeIfDeleted(
  { objects, sql }: EvidenceContext,
  { objectKey }: OutboxEntry,
): Promise<void> {
  const state = await findState(sql, objectKey);
  if (state === "deleting" || state === "deleted") await objects.deleteObject(objectKey);
}

function objectOf(payload: string): JsonObject {
  const value = parseJson(payload);
  if (!isJsonObject(value)) throw new TypeError("what is to be recorded is an object");
  return value;
}
