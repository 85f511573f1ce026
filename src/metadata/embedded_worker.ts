/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * The thread of the embedded database, so that a statement never holds up the server. It runs one
 * PostgreSQL backend, hence one session: a new connection takes the place of the one before.
 *
 * @module
 */
import { PGlite } from "@electric-sql/pglite";
import { DurableFiles } from "./durable_files.ts";
import type { DatabaseCommand, DatabaseReport } from "./embedded_messages.ts";
import { initialise } from "./embedded_initialise.ts";
import { MessageFrames } from "./message_frames.ts";

/** PGlite's own, but for its first: `-F` would switch fsync off. */
const START_PARAMETERS: string[] = [
  ...PGlite.defaultStartParams.filter((parameter) => parameter !== "-F"),
  ...["-c", "fsync=on"],
  ...["-c", "wal_sync_method=fsync"],
  ...["-c", "synchronous_commit=on"],
];

let database: PGlite | undefined;

/** The connection that is served; what an earlier one still sends is not run. */
let current: MessagePort | undefined;

self.addEventListener("message", ({ data }: MessageEvent<DatabaseCommand>) => {
  obey(data).catch((error) => report({ kind: "failed", message: String(error) }));
});

async function obey(command: DatabaseCommand): Promise<void> {
  switch (command.kind) {
    case "open":
      await initialise(command.directory);
      database = await PGlite.create({
        fs: new DurableFiles(command.directory),
        startParams: START_PARAMETERS,
      });
      return report({ kind: "opened" });
    case "connect":
      if (database !== undefined) await serve(database, command.port);
      return;
    case "close":
      await database?.close();
      database = undefined;
      return report({ kind: "closed" });
  }
}

async function serve(db: PGlite, port: MessagePort): Promise<void> {
  current?.close();
  current = port;
  await db.exec("ROLLBACK");
  await db.exec("DISCARD ALL");
  const frames = new MessageFrames();
  let answered: Promise<void> = Promise.resolve();
  port.addEventListener("message", ({ data }: MessageEvent<Uint8Array>) => {
    answered = answered.then(() => answer(db, frames, data, port)).catch((error) => {
      port.close();
      report({ kind: "failed", message: String(error) });
    });
  });
  port.start();
}

async function answer(
  db: PGlite,
  frames: MessageFrames,
  bytes: Uint8Array,
  port: MessagePort,
): Promise<void> {
  for (const messages of frames.take(bytes)) {
    if (port !== current) return;
    const parts: Uint8Array[] = [];
    await db.execProtocolRawStream(messages, { onRawData: (data) => parts.push(data.slice()) });
    const whole = joined(parts);
    if (whole.length > 0) port.postMessage(whole, [whole.buffer]);
  }
  if (frames.terminated) port.close();
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function report(message: DatabaseReport): void {
  self.postMessage(message);
}
