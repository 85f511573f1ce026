/**
 * Publishes a log, so that anybody can check it: its events as the leaves of a Merkle tree, in static
 * objects, and a signed checkpoint that only ever moves forward.
 * Source: C2SP tlog-tiles (https://c2sp.org/tlog-tiles).
 *
 * @module
 */
import type { EventLog } from "../event_log.ts";
import type { LogObjects } from "../log_objects.ts";
import type { SigningKey } from "../signing_key.ts";
import { checkpointText } from "../verify/checkpoint.ts";
import type { Tree } from "../verify/merkle.ts";
import { verifierKeyText } from "../verify/note.ts";
import { type NoteSigner, noteSigner } from "./note.ts";
import { type PublishedCheckpoint, readCheckpoint } from "./published_checkpoint.ts";
import { nothingPublished, publishedEnd } from "./published_end.ts";
import { demandConsistent } from "./published_log.ts";
import { TileWriter } from "./tile_writer.ts";
import { checkpointKey } from "./tile_path.ts";

/** What is published, and by whom. */
export interface PublishOptions {
  readonly log: Pick<EventLog, "read">;
  readonly objects: LogObjects;
  /** Of the log, without a slash at its end. */
  readonly prefix: string;
  /** Name of the log, and of the key in its notes: no spaces, no plus. */
  readonly origin: string;
  readonly key: SigningKey;
  /** What was published when somebody last looked: it must go on from there. */
  readonly remembered?: Tree;
}

/** What is published now. */
export interface Published {
  readonly size: number;
  readonly root: Uint8Array;
  /** How many events were published before; `undefined` where nothing was. */
  readonly before: number | undefined;
  /** The signed note. */
  readonly note: string;
  /** What others verify it with: `name+keyid+key`. */
  readonly verifierKey: string;
}

/** Others moved the checkpoint every time. */
export class PublishContendedError extends Error {
  override readonly name = "PublishContendedError";
}

/** A checkpoint is signed after so many events at the latest, so that what was done is kept. */
const STEP = 65_536;

const MOST_ATTEMPTS = 16;

/**
 * Publishes what a log has and its published form has not. The work is that of the new events.
 *
 * @throws {LogFault} where the log is wrong, or does not go on from what is published
 * @throws {TlogFault} where what is published is wrong
 * @throws {NoteError} for an origin that no key can have as its name
 * @throws {PublishContendedError}
 */
export async function publish(options: PublishOptions): Promise<Published> {
  const signer = await noteSigner(options.origin, options.key);
  let before: number | undefined;
  for (let attempt = 0; attempt < MOST_ATTEMPTS; attempt++) {
    const current = await readCheckpoint(options.objects, options.prefix, signer.verifierKey);
    if (attempt === 0) before = current?.checkpoint.size;
    const published = await extend(options, signer, current);
    if (published === undefined) continue;
    const { checkpoint: { size, root }, note } = published;
    return { size, root, before, note, verifierKey: verifierKeyText(signer.verifierKey) };
  }
  throw new PublishContendedError("others moved the checkpoint every time");
}

type Note = Pick<PublishedCheckpoint, "checkpoint" | "note">;

/** @returns `undefined` where somebody else has moved the checkpoint meanwhile */
async function extend(
  { log, objects, prefix, origin, remembered }: PublishOptions,
  signer: NoteSigner,
  start: PublishedCheckpoint | undefined,
): Promise<Note | undefined> {
  await demandConsistent({ objects, prefix }, remembered, start?.checkpoint);
  const { edge, entries, position } = start === undefined
    ? nothingPublished()
    : await publishedEnd({ objects, prefix }, start.checkpoint);
  const writer = new TileWriter({ objects, prefix }, edge, entries);
  let current = start;
  for await (const { bytes } of log.read({ fromSeq: position.nextSeq, trusted: position })) {
    await writer.add(bytes);
    if (writer.size % STEP > 0) continue;
    const signed = await sign(writer, origin, signer);
    if (!await move({ objects, prefix }, signed, current)) return undefined;
    current = await readCheckpoint(objects, prefix, signer.verifierKey);
    if (current?.note !== signed.note) return undefined;
  }
  if (current !== undefined && current.checkpoint.size === writer.size) return current;
  const signed = await sign(writer, origin, signer);
  return await move({ objects, prefix }, signed, current) ? signed : undefined;
}

/** Signs nothing that is not written. */
async function sign(writer: TileWriter, origin: string, signer: NoteSigner): Promise<Note> {
  const checkpoint = { origin, ...await writer.finish(), extensions: [] };
  return { checkpoint, note: signer.sign(checkpointText(checkpoint)) };
}

async function move(
  { objects, prefix }: Pick<PublishOptions, "objects" | "prefix">,
  { note }: Note,
  current: PublishedCheckpoint | undefined,
): Promise<boolean> {
  const key = checkpointKey(prefix);
  const bytes = new TextEncoder().encode(note);
  const type = "text/plain; charset=utf-8";
  return current === undefined
    ? await objects.create(key, bytes, type)
    : await objects.replace(key, bytes, type, current.etag);
}
