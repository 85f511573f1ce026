import type { Config } from "../../config/config.ts";
import type { ListenAddress } from "../../config/fields.ts";
import { expose, type MetricsSnapshot, snapshot } from "../../telemetry/aggregate.ts";
import type { Certificate } from "./listener.ts";
import { PendingAnswers } from "./pending_answers.ts";
import type { ThreadCommand, ThreadReport } from "./thread_messages.ts";

/** How long a thread may take to send its metrics; one that is late is left out. Milliseconds. */
const SNAPSHOT_PATIENCE = 2_000;

/** What every thread is started with. */
export interface ThreadStart {
  readonly config: Config;
  readonly address: ListenAddress;
  readonly certificate?: Certificate;
}

/** The threads that serve beside the main one. */
export interface Threads {
  /** The metrics of all threads, the main one included, in Prometheus' text format. */
  metrics(): Promise<string>;
  use(certificate: Certificate): void;
  /** Resolves when all have stopped. */
  stop(): Promise<void>;
}

/**
 * Starts threads, and waits until each of them serves.
 *
 * @param onFailure called when a thread fails later on
 * @throws {Error} when one cannot start; the others are ended
 */
export async function startThreads(
  count: number,
  start: ThreadStart,
  onFailure: (error: Error) => void,
): Promise<Threads> {
  const metrics = (): Promise<string> => gather(threads);
  const threads: readonly Thread[] = Array.from(
    { length: count },
    (_, index) => startThread(`serve-${index + 2}`, start, metrics, onFailure),
  );
  try {
    await Promise.all(threads.map((thread) => thread.ready));
  } catch (error) {
    for (const thread of threads) thread.terminate();
    throw error;
  }
  return {
    metrics,
    use: (certificate) => threads.forEach((thread) => thread.use(certificate)),
    stop: async () => void await Promise.all(threads.map((thread) => thread.stop())),
  };
}

async function gather(threads: readonly Thread[]): Promise<string> {
  const others = await Promise.all(threads.map((thread) => thread.snapshot()));
  return await expose([await snapshot(), ...others.filter((each) => each !== undefined)]);
}

interface Thread {
  readonly ready: Promise<void>;
  snapshot(): Promise<MetricsSnapshot | undefined>;
  use(certificate: Certificate): void;
  stop(): Promise<void>;
  terminate(): void;
}

function startThread(
  name: string,
  start: ThreadStart,
  metrics: () => Promise<string>,
  onFailure: (error: Error) => void,
): Thread {
  const worker = new Worker(new URL("./thread.ts", import.meta.url).href, {
    type: "module",
    name,
    deno: {
      permissions: {
        net: "inherit",
        read: "inherit",
        write: "inherit",
        env: "inherit",
        sys: "inherit",
        run: false,
        ffi: false,
        import: false,
      },
    },
  });
  const ready = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<void>();
  const snapshots = new PendingAnswers<MetricsSnapshot>();
  const send = (command: ThreadCommand) => worker.postMessage(command);

  function fail(message: string): void {
    const error = new Error(`thread ${name}: ${message}`);
    ready.reject(error);
    stopped.resolve();
    worker.terminate();
    onFailure(error);
  }

  worker.addEventListener("message", async ({ data }: MessageEvent<ThreadReport>) => {
    switch (data.kind) {
      case "ready":
        return ready.resolve();
      case "failed":
        return fail(data.message);
      case "snapshot":
        return snapshots.answer(data.id, data.snapshot);
      case "metrics":
        return send({ kind: "metrics", id: data.id, text: await metrics() });
      case "stopped":
        return stopped.resolve();
    }
  });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    fail(event.message);
  });
  send({ kind: "start", ...start });
  return {
    ready: ready.promise,
    snapshot: () => snapshots.ask((id) => send({ kind: "snapshot", id }), SNAPSHOT_PATIENCE),
    use: (certificate) => send({ kind: "certificate", certificate }),
    async stop() {
      send({ kind: "stop" });
      await stopped.promise;
      worker.terminate();
    },
    terminate: () => worker.terminate(),
  };
}
