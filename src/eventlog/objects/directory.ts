/**
 * Objects that are files in a directory: for what belongs to a log that is itself in a file.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { dirname, join } from "node:path";
import { makeDirectory, syncDirectory, writeThrough } from "../durable_write.ts";
import { fileFault } from "../file_fault.ts";
import {
  type ContentType,
  type KeptObject,
  type LogObjects,
  LogStoreError,
} from "../log_objects.ts";

/** What a file is called until it has all of its bytes. */
const UNFINISHED = ".unfinished-";

/** The file that is locked while an object is replaced. */
const LOCK = ".lock";

/** The objects in a directory, which is made when the first is written. */
export class DirectoryObjects implements LogObjects {
  /** @param location path of the directory */
  constructor(readonly location: string) {}

  async get(key: string): Promise<KeptObject | undefined> {
    try {
      const bytes = await Deno.readFile(this.#path(key));
      return { bytes, etag: createHash("sha256").update(bytes).digest("hex") };
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw fileFault(key, error);
    }
  }

  async has(key: string): Promise<boolean> {
    try {
      return (await Deno.stat(this.#path(key))).isFile;
    } catch (error) {
      if (isAbsent(error)) return false;
      throw fileFault(key, error);
    }
  }

  create(key: string, bytes: Uint8Array, _type: ContentType): Promise<boolean> {
    return this.#write(key, bytes, async (unfinished, path) => {
      try {
        // Unlike a rename, this fails where there is a file.
        await Deno.link(unfinished, path);
        return true;
      } catch (error) {
        if (error instanceof Deno.errors.AlreadyExists) return false;
        throw error;
      } finally {
        await Deno.remove(unfinished);
      }
    });
  }

  async replace(
    key: string,
    bytes: Uint8Array,
    _type: ContentType,
    etag: string,
  ): Promise<boolean> {
    using _lock = await this.#lock(key);
    if ((await this.get(key))?.etag !== etag) return false;
    return await this.#write(key, bytes, async (unfinished, path) => {
      await Deno.rename(unfinished, path);
      return true;
    });
  }

  async *list(prefix: string, startAfter = ""): AsyncIterable<string> {
    const keys: string[] = [];
    const directory = prefix.slice(0, prefix.lastIndexOf("/") + 1);
    try {
      for await (const key of this.#keysUnder(directory, prefix)) {
        if (key > startAfter) keys.push(key);
      }
    } catch (error) {
      throw fileFault(prefix, error);
    }
    yield* keys.sort();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  async #write(
    key: string,
    bytes: Uint8Array,
    finish: (unfinished: string, path: string) => Promise<boolean>,
  ): Promise<boolean> {
    const path = this.#path(key);
    const unfinished = join(dirname(path), `${UNFINISHED}${crypto.randomUUID()}`);
    try {
      await makeDirectory(dirname(path));
      await writeThrough(unfinished, bytes);
      const isDone = await finish(unfinished, path);
      await syncDirectory(path);
      return isDone;
    } catch (error) {
      throw fileFault(key, error);
    }
  }

  async #lock(key: string): Promise<Disposable> {
    try {
      await makeDirectory(this.location);
      const file = await Deno.open(join(this.location, LOCK), { create: true, write: true });
      await file.lock(true);
      return file;
    } catch (error) {
      throw fileFault(key, error);
    }
  }

  async *#keysUnder(directory: string, prefix: string): AsyncGenerator<string> {
    try {
      for await (const { name, isDirectory } of Deno.readDir(join(this.location, directory))) {
        const key = `${directory}${name}`;
        // What is above the prefix is a part of it, and what is below begins with it.
        const mayHold = `${key}/`.startsWith(prefix) || prefix.startsWith(`${key}/`);
        if (isDirectory && mayHold) yield* this.#keysUnder(`${key}/`, prefix);
        else if (!isDirectory && !name.startsWith(".") && key.startsWith(prefix)) yield key;
      }
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }

  /** Keys are made by this room, never by a client; one that leads elsewhere is a defect. */
  #path(key: string): string {
    if (key === "" || key.split("/").some((part) => part === "" || part.startsWith("."))) {
      throw new LogStoreError("Other", `${JSON.stringify(key)} is no key of a file`);
    }
    return join(this.location, key);
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory;
}
