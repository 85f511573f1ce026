/**
 * Stores of objects that a log can be kept in, each with a way around them: for what no log would do
 * to its objects.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { LogObjects } from "../../src/eventlog/log_objects.ts";
import { DirectoryObjects } from "../../src/eventlog/objects/directory.ts";
import { S3Objects } from "../../src/eventlog/objects/s3.ts";
import { StorageObjects } from "../../src/eventlog/objects/storage.ts";
import { startService } from "../harness/service.ts";
import { openStorage, write } from "../harness/storage.ts";

/** A store with nothing in it. */
export interface ObjectStore extends AsyncDisposable {
  /** Opens it, as one process does; closed with the store. */
  open(): LogObjects;
  /** Writes an object, whatever is there. */
  put(key: string, bytes: Uint8Array): Promise<void>;
  remove(key: string): Promise<void>;
}

/** A kind of store. */
export interface ObjectStoreKind {
  readonly name: string;
  start(): Promise<ObjectStore>;
}

/** Files in a directory. */
export const DIRECTORY: ObjectStoreKind = {
  name: "a directory",
  async start() {
    const directory = await Deno.makeTempDir({ prefix: "holdfast-objects-" });
    return {
      open: () => new DirectoryObjects(directory),
      async put(key, bytes) {
        await Deno.mkdir(dirname(join(directory, key)), { recursive: true });
        await Deno.writeFile(join(directory, key), bytes);
      },
      remove: (key) => Deno.remove(join(directory, key)),
      [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
    };
  },
};

/** Holdfast's own storage, in this process. */
export const STORAGE: ObjectStoreKind = {
  name: "Holdfast's storage",
  async start() {
    const fixture = await openStorage();
    return {
      open: () => new StorageObjects(fixture.storage, "b"),
      put: async (key, bytes) => void await fixture.storage.putObject(write(key, bytes)),
      remove: (key) => fixture.storage.deleteObject("b", key),
      [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
    };
  },
};

/** The S3 API of Holdfast, over the network. */
export const ENDPOINT: ObjectStoreKind = {
  name: "Holdfast's endpoint",
  async start() {
    const { endpoint, client, ...service } = await startService();
    const opened: S3Objects[] = [];
    return {
      open() {
        Deno.env.set("AWS_ACCESS_KEY_ID", "anybody");
        Deno.env.set("AWS_SECRET_ACCESS_KEY", "anything");
        const objects = new S3Objects({ bucket: "b", endpoint });
        opened.push(objects);
        return objects;
      },
      put: async (Key, Body) =>
        void await client.send(new PutObjectCommand({ Bucket: "b", Key, Body })),
      remove: async (Key) => void await client.send(new DeleteObjectCommand({ Bucket: "b", Key })),
      async [Symbol.asyncDispose]() {
        for (const objects of opened) await objects[Symbol.asyncDispose]();
        await service[Symbol.asyncDispose]();
      },
    };
  },
};
