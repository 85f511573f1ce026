/**
 * The file that a log is written to. Whoever has locked it is alone with it, in every process.
 *
 * @module
 */
import { dirname } from "node:path";
import { canonicalJson } from "./canonical_json.ts";
import { makeDirectory, syncDirectory, writeThrough } from "./durable_write.ts";
import { JsonNumber } from "./json.ts";
import { readBetween } from "./lines.ts";
import { confirmPlace, type Place } from "./places.ts";
import { nextSegmentNumber, segmentPath, segmentPaths } from "./segments.ts";
import type { LogPosition } from "./verifier.ts";

/** What is known of the file that a log is written to. */
export interface ActiveFileOptions {
  readonly path: string;
  readonly maxBytes?: number;
  readonly maxSegments?: number;
  readonly onTornLine?: (keptAt: string) => void;
}

/** A file, and which one it is, whatever its name. */
interface Handle {
  readonly file: Deno.FsFile;
  readonly inode: number | null;
}

/** The file that has a log's name. Disposing of it closes the file. */
export class ActiveFile implements Disposable {
  readonly #options: ActiveFileOptions;
  #handle: Handle | undefined;

  constructor(options: ActiveFileOptions) {
    this.#options = options;
  }

  /**
   * Locks the file that has the log's name by then: another process may have rotated it. Made where
   * there is none.
   *
   * @returns whether it is another one than the last time
   */
  async lock(): Promise<{ readonly isFresh: boolean }> {
    for (let isFresh = this.#handle === undefined;; isFresh = true) {
      const handle = this.#handle ??= await this.#open();
      await handle.file.lock(true);
      if (inodeOf(this.#options.path) === handle.inode) return { isFresh };
      this[Symbol.dispose]();
    }
  }

  /** Does nothing where the file was closed since, which unlocks it as well. */
  unlock(): void {
    this.#handle?.file.unlockSync();
  }

  /** In bytes. */
  size(): number {
    return this.#locked().statSync().size;
  }

  /** @throws {LogFault} where it is not the file any more that has that place */
  confirm(place: Place): void {
    confirmPlace(this.#locked(), place);
  }

  /** Adds to its end; when this resolves it will be there after a crash. */
  async write(bytes: Uint8Array): Promise<void> {
    const file = this.#locked();
    const before = this.size();
    try {
      // Into the system's memory, which is no reason to wait; the disk is.
      for (let at = 0; at < bytes.length;) at += file.writeSync(bytes.subarray(at));
      await file.syncData();
    } catch (error) {
      // Nobody was told that it is kept. Should this fail too, the next to lock it puts it aside.
      await file.truncate(before).catch(() => {});
      // What is on the disk is not known: the next to lock it reads what is there.
      this[Symbol.dispose]();
      throw error;
    }
  }

  /** Moves what a crash left behind the last line to a file of its own. */
  async putAside(from: number, to: number): Promise<void> {
    const file = this.#locked();
    const keptAt = `${this.#options.path}.torn-${from}-${crypto.randomUUID()}`;
    try {
      await writeThrough(keptAt, await readBetween(file, from, to));
    } catch (error) {
      await Deno.remove(keptAt).catch(() => {});
      throw error;
    }
    await file.truncate(from);
    await file.sync();
    this.#options.onTornLine?.(keptAt);
  }

  /**
   * Makes it a segment where it is long enough: then the next to lock it makes a new one.
   *
   * @param end of the log
   */
  async rotateIfFull(end: LogPosition): Promise<void> {
    const { path, maxBytes = Infinity, maxSegments = Infinity } = this.#options;
    if (this.size() < maxBytes) return;
    if ((await segmentPaths(path)).length >= maxSegments) return;
    const number = await nextSegmentNumber(path);
    await writeHead(path, end, number);
    await Deno.rename(path, segmentPath(path, number));
    await syncDirectory(path);
  }

  [Symbol.dispose](): void {
    this.#handle?.file.close();
    this.#handle = undefined;
  }

  async #open(): Promise<Handle> {
    const { path } = this.#options;
    await makeDirectory(dirname(path));
    const file = await Deno.open(path, { create: true, read: true, append: true, mode: 0o600 });
    await syncDirectory(path);
    return { file, inode: file.statSync().ino };
  }

  #locked(): Deno.FsFile {
    if (this.#handle === undefined) throw new Error("the file is not locked");
    return this.#handle.file;
  }
}

/**
 * Tells the programs that this one replaces where the log goes on and which segments are taken:
 * they look here when the file is new, and nowhere else. Nobody here trusts it.
 */
async function writeHead(
  path: string,
  { nextSeq, prevHash }: LogPosition,
  segment: number,
): Promise<void> {
  const head = canonicalJson({
    last_hash: prevHash,
    last_seq: new JsonNumber(String(nextSeq - 1)),
    segment_index: new JsonNumber(String(segment)),
  });
  const unfinished = `${path}.head-${crypto.randomUUID()}`;
  try {
    await writeThrough(unfinished, new TextEncoder().encode(head));
    await Deno.rename(unfinished, `${path}.head.json`);
  } catch (error) {
    await Deno.remove(unfinished).catch(() => {});
    throw error;
  }
}

function inodeOf(path: string): number | null | undefined {
  try {
    return Deno.statSync(path).ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
