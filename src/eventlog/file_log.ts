/**
 * A log in a file: one record a line, written through to the disk before it counts. Any number of
 * processes can append to one log; they take turns by a lock on the file.
 *
 * @module
 */
import { dirname } from "node:path";
import { syncDirectory, writeThrough } from "./durable_write.ts";
import type { Appended, AppendOptions, EventLog, NewEvent, ReadRange } from "./event_log.ts";
import { chain, type LogRecord, recordBytes } from "./record.ts";
import { nextSegmentPath, segmentPaths } from "./segments.ts";
import type { StoredRecord } from "./stored_record.ts";
import { allLines, linesOf } from "./verified_lines.ts";
import { BEGINNING, LogFault, type LogPosition, LogVerifier } from "./verifier.ts";

/** How a file log is kept. */
export interface FileLogOptions {
  readonly path: string;
  /** A file that has this many bytes is rotated into a segment; never without it. */
  readonly maxBytes?: number;
  /** Told where a line that a crash left unfinished was put aside. */
  readonly onTornLine?: (keptAt: string) => void;
}

/** How far a log has been verified, in whole files. */
interface VerifiedFiles {
  /** How many segments. */
  readonly segments: number;
  readonly position: LogPosition;
}

/** The file that is written to, as far as it has been verified. */
interface ActiveFile {
  readonly file: Deno.FsFile;
  readonly inode: number | null;
  /** Bytes that have been verified. */
  readonly offset: number;
  readonly position: LogPosition;
}

const LINE_END = 0x0a;

/** A log in a file. Disposing of it closes the file. */
export class FileLog implements EventLog {
  readonly #options: FileLogOptions;
  /** What comes before the active file. */
  #before: VerifiedFiles = { segments: 0, position: BEGINNING };
  #active: ActiveFile | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: FileLogOptions) {
    this.#options = options;
  }

  append(event: NewEvent, { expectedPrevHash }: AppendOptions = {}): Promise<Appended> {
    return this.#inTurn(async (active) => {
      const { nextSeq, prevHash } = active.position;
      if (expectedPrevHash !== undefined && expectedPrevHash !== prevHash) {
        return { kind: "conflict", observedPrevHash: prevHash };
      }
      const record = chain(prevHash, { meta: {}, ...event, seq: nextSeq });
      await this.#write(active, record);
      return { kind: "committed", record };
    });
  }

  async *read({ fromSeq = 0, toSeq = Infinity, aggregateId }: ReadRange = {}): AsyncIterable<
    StoredRecord
  > {
    const verifier = new LogVerifier();
    for await (const { record } of allLines(this.#options.path, verifier)) {
      const { seq, aggregateId: aggregate } = record.event;
      if (seq > toSeq) return;
      if (seq >= fromSeq && (aggregateId === undefined || aggregateId === aggregate)) yield record;
    }
  }

  head(): Promise<LogPosition> {
    return this.#inTurn(({ position }) => Promise.resolve(position));
  }

  async eventHash(seq: number): Promise<string | undefined> {
    for await (const record of this.read({ fromSeq: seq, toSeq: seq })) return record.eventHash;
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn;
    this.#active?.file.close();
    this.#active = undefined;
  }

  /** Does something with the end of the log, while nobody else in any process does. */
  #inTurn<T>(run: (active: ActiveFile) => Promise<T>): Promise<T> {
    const turn = this.#turn.then(async () => {
      const { file, ...active } = await this.#lock();
      try {
        return await run(await this.#catchUp({ file, ...active }));
      } finally {
        await file.unlock();
        if (this.#active?.file !== file) file.close();
      }
    });
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Locks the file that has the log's name by then: another process may have rotated it. */
  async #lock(): Promise<ActiveFile> {
    for (;;) {
      const active = this.#active ?? await this.#open();
      await active.file.lock(true);
      if (await inodeOf(this.#options.path) === active.inode) {
        this.#active ??= { ...active, position: await this.#verifySegments() };
        return this.#active;
      }
      try {
        if (this.#active !== undefined) await this.#leaveBehind(active);
      } finally {
        await active.file.unlock();
        active.file.close();
      }
    }
  }

  async #open(): Promise<ActiveFile> {
    const { path } = this.#options;
    await Deno.mkdir(dirname(path), { recursive: true });
    const file = await Deno.open(path, { create: true, read: true, append: true, mode: 0o600 });
    await syncDirectory(path);
    const { ino } = await file.stat();
    return { file, inode: ino, offset: 0, position: this.#before.position };
  }

  /** The active file has become a segment: what is in it is read to its end, and only once. */
  async #leaveBehind(active: ActiveFile): Promise<void> {
    const { position } = await this.#catchUp(active);
    this.#before = { segments: this.#before.segments + 1, position };
    this.#active = undefined;
  }

  /** Verifies the segments that are new; while the active file is locked, none is added. */
  async #verifySegments(): Promise<LogPosition> {
    const paths = await segmentPaths(this.#options.path);
    const verifier = new LogVerifier(this.#before.position);
    for (const segment of paths.slice(this.#before.segments)) {
      using file = await Deno.open(segment);
      for await (const _line of linesOf(file, 0, verifier));
    }
    this.#before = { segments: paths.length, position: verifier.position };
    return verifier.position;
  }

  /** Verifies what others have written since, and puts aside what a crash left unfinished. */
  async #catchUp(active: ActiveFile): Promise<ActiveFile> {
    const { file } = active;
    const { size } = await file.stat();
    if (size < active.offset) {
      const { nextSeq } = active.position;
      throw new LogFault(nextSeq, "truncated", `${active.offset} bytes`, `${size} bytes`);
    }
    if (size === active.offset) return active;
    const verifier = new LogVerifier(active.position);
    let { offset } = active;
    for await (const { end } of linesOf(file, offset, verifier)) offset = end;
    if (offset < size) await this.#putAside(file, offset, size);
    return this.#active = { ...active, offset, position: verifier.position };
  }

  async #putAside(file: Deno.FsFile, from: number, to: number): Promise<void> {
    const torn = new Uint8Array(to - from);
    await file.seek(from, Deno.SeekMode.Start);
    for (let at = 0; at < torn.length;) {
      const count = await file.read(torn.subarray(at));
      if (count === null) break;
      at += count;
    }
    const keptAt = `${this.#options.path}.torn-${from}-${crypto.randomUUID()}`;
    await writeThrough(keptAt, torn);
    await file.truncate(from);
    await file.sync();
    this.#options.onTornLine?.(keptAt);
  }

  async #write(active: ActiveFile, record: LogRecord): Promise<void> {
    const { file, offset } = active;
    const line = lineOf(record);
    try {
      for (let at = 0; at < line.length;) at += await file.write(line.subarray(at));
      await file.syncData();
    } catch (error) {
      // Whether it is on the disk is not known: the next append reads what is there.
      this.#active = undefined;
      throw error;
    }
    const written = offset + line.length;
    this.#active = {
      ...active,
      offset: written,
      position: { nextSeq: record.event.seq + 1, prevHash: record.eventHash },
    };
    if (written >= (this.#options.maxBytes ?? Infinity)) await this.#rotate();
  }

  /** The next to append finds no file under the log's name, and makes one. */
  async #rotate(): Promise<void> {
    const { path } = this.#options;
    await Deno.rename(path, await nextSegmentPath(path));
    await syncDirectory(path);
  }
}

function lineOf(record: LogRecord): Uint8Array {
  const bytes = recordBytes(record);
  const line = new Uint8Array(bytes.length + 1);
  line.set(bytes);
  line[bytes.length] = LINE_END;
  return line;
}

async function inodeOf(path: string): Promise<number | null | undefined> {
  try {
    return (await Deno.stat(path)).ino;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
