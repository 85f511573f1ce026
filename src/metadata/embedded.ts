import { resolve } from "node:path";
import { lockDataDir } from "./data_dir_lock.ts";
import type { OpenWire, Wire, WireEvents } from "./driver_connection.ts";
import type { DatabaseCommand, DatabaseReport } from "./embedded_messages.ts";
import { embeddedWire } from "./embedded_wire.ts";

/** A PostgreSQL inside this process. Takes one connection at a time. */
export interface EmbeddedDatabase {
  /** Opens a connection; a transaction that an earlier one left open is rolled back. */
  readonly open: OpenWire;
  /** Writes everything to its files and gives the data directory free. */
  close(): Promise<void>;
}

/**
 * Opens the database in `dataDir`/postgres, which is made on the first start.
 *
 * A commit is on disk when it is acknowledged: neither `kill -9` nor loss of power takes it back.
 *
 * @throws {import("./data_dir_lock.ts").DataDirInUse}
 */
export async function openEmbedded(dataDir: string): Promise<EmbeddedDatabase> {
  const lock = await lockDataDir(dataDir);
  const directory = resolve(dataDir, "postgres");
  let thread = startThread(directory);
  try {
    await thread.opened;
  } catch (error) {
    lock[Symbol.dispose]();
    throw error;
  }
  return {
    async open(events) {
      if (thread.failed()) thread = startThread(directory);
      await thread.opened;
      return thread.connect(events);
    },
    async close() {
      await thread.close();
      lock[Symbol.dispose]();
    },
  };
}

interface DatabaseThread {
  readonly opened: Promise<void>;
  failed(): boolean;
  connect(events: WireEvents): Wire;
  close(): Promise<void>;
}

function startThread(directory: string): DatabaseThread {
  const worker = new Worker(new URL("./embedded_worker.ts", import.meta.url).href, {
    type: "module",
    name: "embedded-database",
    deno: {
      permissions: {
        read: true,
        write: [directory, `${directory}.new`],
        env: false,
        net: false,
        sys: false,
        run: false,
        ffi: false,
        import: false,
      },
    },
  });
  const opened = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  let failure: Error | undefined;
  let connection: { readonly wire: Wire; readonly events: WireEvents } | undefined;

  function fail(message: string): void {
    failure = new Error(`the embedded database failed: ${message}`);
    opened.reject(failure);
    closed.resolve();
    connection?.events.closed(failure);
    worker.terminate();
  }

  const handlers: Record<DatabaseReport["kind"], (message: string) => void> = {
    opened: () => opened.resolve(),
    closed: () => closed.resolve(),
    failed: fail,
  };
  worker.addEventListener("message", ({ data }: MessageEvent<DatabaseReport>) => {
    handlers[data.kind](data.kind === "failed" ? data.message : "");
  });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    fail(event.message);
  });

  const command = (wanted: DatabaseCommand, transfer: Transferable[] = []) =>
    worker.postMessage(wanted, transfer);
  command({ kind: "open", directory });
  return {
    opened: opened.promise,
    failed: () => failure !== undefined,
    connect(events) {
      const { port1, port2 } = new MessageChannel();
      command({ kind: "connect", port: port2 }, [port2]);
      const wire = embeddedWire(port1, events);
      connection = { wire, events };
      return wire;
    },
    async close() {
      connection?.wire.destroy();
      command({ kind: "close" });
      await closed.promise;
      worker.terminate();
    },
  };
}
