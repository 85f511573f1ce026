/**
 * Stores of logs, each with a way around what protects them: for what no client could do.
 *
 * @module
 */
import { join } from "node:path";
import { DeleteObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { BucketLogLocation, LogLocation } from "../../src/config/log_location.ts";
import { type OpenedLog, openLog } from "../../src/eventlog/open_log.ts";
import { forBucket } from "../../src/policy/template.ts";
import { NO_RULES } from "../../src/s3api/access_rules.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { s3Client } from "../harness/client.ts";
import { startMinio } from "../harness/minio.ts";
import { REPOSITORY } from "../harness/server.ts";
import { SECRET, startService } from "../harness/service.ts";
import { openStorage, write } from "../harness/storage.ts";

/** A place for one log, with nothing in it. */
export interface LogStore extends AsyncDisposable {
  /** Opens the log, as one process does. */
  open(): OpenedLog;
  /** What the log is kept in: a file, or one object per event. */
  pieces(): Promise<readonly LogPiece[]>;
}

/** Some bytes of a log. */
export interface LogPiece {
  readonly bytes: Uint8Array;
  /** Replaces them, whatever protects them. */
  write(bytes: Uint8Array): Promise<void>;
  remove(): Promise<void>;
}

/** A kind of store. */
export interface LogStoreKind {
  readonly name: string;
  start(): Promise<LogStore>;
}

const PREFIX = "events";
const HEAD = `${PREFIX}/_head.json`;

/** A file on the disk. */
export const FILE: LogStoreKind = {
  name: "a file",
  async start() {
    const directory = await Deno.makeTempDir({ prefix: "holdfast-log-" });
    const path = join(directory, "events.jsonl");
    return {
      open: () => openLog({ kind: "file", path }),
      async pieces() {
        const write = (bytes: Uint8Array) => Deno.writeFile(path, bytes);
        return [{ bytes: await Deno.readFile(path), write, remove: () => Deno.remove(path) }];
      },
      [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
    };
  },
};

/** Another S3 store. */
export const MINIO: LogStoreKind = {
  name: "S3, on MinIO",
  async start() {
    const minio = await startMinio({ buckets: ["logs"] });
    const client = s3Client(minio);
    const target = { Bucket: "logs" };
    const open = opener({ kind: "s3", bucket: "logs", ...minio }, minio);
    return {
      open,
      pieces: piecesOf(open, {
        write: (Key, Body) => client.send(new PutObjectCommand({ ...target, Key, Body })),
        remove: (Key) => client.send(new DeleteObjectCommand({ ...target, Key })),
      }),
      async [Symbol.asyncDispose]() {
        client.destroy();
        await minio.stop();
      },
    };
  },
};

/** Who owns the bucket, and may not change an event of it either. */
const OWNER = {
  kind: "user",
  name: "owner",
  accessKeyId: "owner-key",
  buckets: new Set(["b"]),
  mayCreateBuckets: false,
} as const;

/** The S3 API of Holdfast, with the policy by which events are written once. */
export const ENDPOINT: LogStoreKind = {
  name: "S3, on Holdfast with events-append-only",
  async start() {
    const source = "policies/events-append-only.json";
    const document = forBucket(await Deno.readTextFile(join(REPOSITORY, source)), "b");
    const rules = {
      ...NO_RULES,
      owners: new Map([["b", OWNER.name]]),
      policies: new Map([["b", { source, document }]]),
    };
    const service = await startService({ users: [OWNER], rules });
    const open = opener({ kind: "s3", bucket: "b", endpoint: service.endpoint }, {
      accessKeyId: OWNER.accessKeyId,
      secretAccessKey: SECRET,
    });
    return {
      open,
      pieces: piecesOf(open, pastThePolicy(service.storage)),
      [Symbol.asyncDispose]: () => service[Symbol.asyncDispose](),
    };
  },
};

/** Holdfast's own storage, in this process. */
export const IN_PROCESS: LogStoreKind = {
  name: "Holdfast itself",
  async start() {
    const { storage, ...fixture } = await openStorage();
    const location = { kind: "holdfast", bucket: "b", prefix: PREFIX, headKey: HEAD } as const;
    const open = () => openLog(location, { storage });
    return {
      open,
      pieces: piecesOf(open, pastThePolicy(storage)),
      [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
    };
  },
};

/** Every kind. */
export const LOG_STORES: readonly LogStoreKind[] = [FILE, MINIO, ENDPOINT, IN_PROCESS];

/** The credentials that the SDK will find. */
export function signAs(
  { accessKeyId, secretAccessKey }: { accessKeyId: string; secretAccessKey: string },
): void {
  Deno.env.set("AWS_ACCESS_KEY_ID", accessKeyId);
  Deno.env.set("AWS_SECRET_ACCESS_KEY", secretAccessKey);
}

function opener(
  { bucket, endpoint }: Pick<BucketLogLocation, "kind" | "bucket" | "endpoint">,
  credentials: Parameters<typeof signAs>[0],
): () => OpenedLog {
  const location: LogLocation = { kind: "s3", bucket, endpoint, prefix: PREFIX, headKey: HEAD };
  return () => {
    signAs(credentials);
    return openLog(location);
  };
}

interface Way {
  write(key: string, bytes: Uint8Array): Promise<unknown>;
  remove(key: string): Promise<unknown>;
}

function pastThePolicy(storage: Storage): Way {
  return {
    write: (key, bytes) => storage.putObject(write(key, bytes)),
    remove: (key) => storage.deleteObject("b", key),
  };
}

function piecesOf(open: () => OpenedLog, way: Way): () => Promise<LogPiece[]> {
  return async () => {
    await using opened = open();
    const pieces: LogPiece[] = [];
    for await (const key of opened.objects.list(`${PREFIX}/0`)) {
      pieces.push({
        bytes: (await opened.objects.get(key))?.bytes ?? new Uint8Array(),
        write: async (bytes) => void await way.write(key, bytes),
        remove: async () => void await way.remove(key),
      });
    }
    return pieces;
  };
}
