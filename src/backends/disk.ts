/**
 * A backend that keeps bytes in a directory. What it acknowledged survives a loss of power: files
 * are written aside, synced, renamed, and the directory is synced after that.
 *
 * Any number of processes and threads may use one directory.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { dirname } from "node:path";
import {
  type Backend,
  BackendError,
  type BackendKey,
  type ByteRange,
  type CallOptions,
  type Content,
  type DeletionFailure,
  type Held,
  type Stored,
  type UploadedPart,
} from "./backend.ts";
import { toBackendError } from "./disk_fault.ts";
import {
  copySynced,
  removeIfThere,
  renameSynced,
  syncDirectory,
  writeSynced,
} from "./disk_files.ts";
import { entityTag, type FileHeader, MAX_KEY_BYTES } from "./disk_format.ts";
import { DiskLayout } from "./disk_layout.ts";
import { listObjects } from "./disk_list.ts";
import {
  abortUpload,
  abortUploads,
  addPart,
  completeUpload,
  createUpload,
  forgetPart,
  removeDirectory,
  requireUpload,
} from "./disk_multipart.ts";
import { openObject, readHead } from "./disk_read.ts";
import { Staging } from "./disk_staging.ts";

const PAGE_SIZE = 1_000;

/** A directory of objects. Start it with {@link DiskBackend.check}, or with its first use. */
export class DiskBackend implements Backend {
  readonly #layout: DiskLayout;
  #staging: Promise<Staging> | undefined;

  /** @param directory made when it is not there */
  constructor(readonly name: string, directory: string) {
    this.#layout = new DiskLayout(directory);
  }

  put(
    key: BackendKey,
    content: Content,
    size: number | undefined,
    options: CallOptions = {},
  ): Promise<Stored> {
    return this.#run(options, async (staging) => {
      this.#requireKey(key);
      const staged = staging.newPath();
      const file = { key, content, size, backend: this.name, signal: options.signal };
      const header = await writeSynced(staged, file);
      await this.#moveIntoPlace(staged, key);
      return storedOf(header);
    });
  }

  get(
    key: BackendKey,
    range?: ByteRange,
    options: CallOptions = {},
  ): Promise<ReadableStream<Uint8Array>> {
    return this.#run(options, () => openObject(this.#layout, key, range, options.signal));
  }

  head(key: BackendKey, options: CallOptions = {}): Promise<Held | undefined> {
    return this.#run(options, async () => {
      const found = await readHead(this.#layout, key);
      if (found === undefined) return undefined;
      const { header, lastModified } = found;
      return { key, size: header.size, lastModified, etag: entityTag(header) };
    });
  }

  async copy(
    from: BackendKey,
    to: BackendKey,
    size: number,
    options: CallOptions = {},
  ): Promise<Stored> {
    const found = await this.#run(options, () => readHead(this.#layout, from));
    // The parts of a parted object become one file: it is read anew.
    if (found === undefined || found.header.parts > 0) {
      return await this.put(to, await this.get(from, undefined, options), size, options);
    }
    return await this.#run(options, async (staging) => {
      this.#requireKey(to);
      const staged = staging.newPath();
      const header = { ...found.header, key: to };
      await copySynced(this.#layout.object(from), staged, header);
      await this.#moveIntoPlace(staged, to);
      return storedOf(header);
    });
  }

  delete(
    keys: readonly BackendKey[],
    options: CallOptions = {},
  ): Promise<readonly DeletionFailure[]> {
    return this.#run(options, async (staging) => {
      const failures: DeletionFailure[] = [];
      const changed = new Set<string>();
      for (const key of keys) {
        try {
          if (await this.#remove(key, staging)) changed.add(dirname(this.#layout.object(key)));
        } catch (error) {
          const fault = toBackendError(error, this.name, options.signal);
          if (!(fault instanceof BackendError)) throw fault;
          failures.push({ key, error: fault });
        }
      }
      for (const directory of changed) await syncDirectory(directory);
      return failures;
    });
  }

  async *list(
    prefix: string,
    startAfter = "",
    options: CallOptions = {},
  ): AsyncGenerator<readonly Held[]> {
    await this.check(options);
    const { signal } = options;
    try {
      for await (const page of listObjects(this.#layout, prefix, startAfter, PAGE_SIZE, signal)) {
        // The keys were given to this backend as its own.
        yield page.map((file) => ({ ...file, key: file.key as BackendKey }));
      }
    } catch (error) {
      throw toBackendError(error, this.name, signal);
    }
  }

  createUpload(key: BackendKey, options: CallOptions = {}): Promise<string> {
    return this.#run(options, () => {
      this.#requireKey(key);
      return createUpload(this.#layout, key);
    });
  }

  putPart(
    key: BackendKey,
    uploadId: string,
    partNumber: number,
    content: Content,
    size: number,
    options: CallOptions = {},
  ): Promise<Stored> {
    return this.#run(options, async (staging) => {
      const directory = await requireUpload(this.#layout, key, uploadId);
      const staged = staging.newPath();
      const file = { key, content, size, backend: this.name, signal: options.signal };
      const header = await writeSynced(staged, file);
      await addPart(staged, directory, partNumber, header.md5);
      return storedOf(header);
    });
  }

  async copyPart(
    from: BackendKey,
    range: ByteRange,
    key: BackendKey,
    uploadId: string,
    partNumber: number,
    options: CallOptions = {},
  ): Promise<Stored> {
    const size = range.end - range.start + 1;
    const content = await this.get(from, range, options);
    return await this.putPart(key, uploadId, partNumber, content, size, options);
  }

  forgetPart(
    key: BackendKey,
    uploadId: string,
    partNumber: number,
    etag: string,
    options: CallOptions = {},
  ): Promise<void> {
    return this.#run(options, () => forgetPart(this.#layout, key, uploadId, { partNumber, etag }));
  }

  completeUpload(
    key: BackendKey,
    uploadId: string,
    parts: readonly UploadedPart[],
    options: CallOptions = {},
  ): Promise<Stored> {
    return this.#run(options, async (staging) => {
      const header = await completeUpload(this.#layout, staging, key, uploadId, parts);
      return { size: header.size, etag: entityTag(header) };
    });
  }

  abortUpload(key: BackendKey, uploadId: string, options: CallOptions = {}): Promise<void> {
    return this.#run(
      options,
      (staging) => abortUpload(this.#layout, staging, key, uploadId),
    );
  }

  abortUploads(key: BackendKey, options: CallOptions = {}): Promise<void> {
    return this.#run(options, (staging) => abortUploads(this.#layout, staging, key));
  }

  check(options: CallOptions = {}): Promise<void> {
    return this.#run(options, async (staging) => {
      await Deno.stat(staging.directory);
    });
  }

  async close(): Promise<void> {
    const staging = this.#staging;
    this.#staging = undefined;
    await (await staging)?.close();
  }

  async #run<Result>(
    { signal }: CallOptions,
    work: (staging: Staging) => Promise<Result>,
  ): Promise<Result> {
    try {
      signal?.throwIfAborted();
      return await work(await this.#open());
    } catch (error) {
      throw toBackendError(error, this.name, signal);
    }
  }

  async #open(): Promise<Staging> {
    this.#staging ??= Staging.open(this.#layout);
    try {
      return await this.#staging;
    } catch (error) {
      // So that a directory which is there later can be used without a restart.
      this.#staging = undefined;
      throw error;
    }
  }

  async #moveIntoPlace(staged: string, key: BackendKey): Promise<void> {
    try {
      await renameSynced(staged, this.#layout.object(key));
    } catch (error) {
      await removeIfThere(staged);
      throw error;
    }
  }

  async #remove(key: BackendKey, staging: Staging): Promise<boolean> {
    return await removeIfThere(this.#layout.object(key)) ||
      await removeDirectory(this.#layout.partedObject(key), staging);
  }

  #requireKey(key: BackendKey): void {
    const length = Buffer.byteLength(key);
    if (length > 0 && length <= MAX_KEY_BYTES) return;
    throw new BackendError(
      "rejected",
      this.name,
      `a key has 1 to ${MAX_KEY_BYTES} bytes, not ${length}`,
      { code: "KeyTooLongError" },
    );
  }
}

function storedOf(header: FileHeader): Stored {
  return { size: header.size, md5: header.md5, etag: header.md5 };
}
