/**
 * The operator beside the server: a thread with permissions of its own, which is started again when it
 * fails.
 *
 * @module
 */
import { log } from "../../telemetry/logs.ts";
import { Backoff } from "./backoff.ts";
import type { CompanionCommand, CompanionReport } from "./companion_messages.ts";
import type { CompanionPlan } from "./companion_plan.ts";

/** An operator beside the server. */
export interface Companion {
  /** Resolves when the operator has given its lease back, or after a while. */
  stop(): Promise<void>;
}

/** How long the operator may take to stop. Milliseconds. */
const STOP_LIMIT = 10_000;

/**
 * Starts the operator, and keeps starting it.
 *
 * @param onReady told the URL of its probes, each time
 */
export function startCompanion(plan: CompanionPlan, onReady: (url: string) => void): Companion {
  const stopping = new AbortController();
  const finished = keepRunning(plan, onReady, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await finished;
    },
  };
}

async function keepRunning(
  plan: CompanionPlan,
  onReady: (url: string) => void,
  signal: AbortSignal,
): Promise<void> {
  const backoff = new Backoff();
  while (!signal.aborted) {
    const fault = await backoff.of(() => runOnce(plan, onReady, signal));
    if (signal.aborted) return;
    log.error("the operator beside this server failed, and is started again", {
      error: fault ?? "it ended",
    });
    await backoff.wait(signal);
  }
}

/** @returns why it ended; `undefined` where it was told to */
function runOnce(
  { environment, log: logAccess, permissions }: CompanionPlan,
  onReady: (url: string) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  const ended = Promise.withResolvers<string | undefined>();
  const worker = new Worker(new URL("./operator_thread.ts", import.meta.url).href, {
    type: "module",
    name: "operator",
    deno: { permissions },
  });
  const send = (command: CompanionCommand) => worker.postMessage(command);
  let limit: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    send({ kind: "stop" });
    limit = setTimeout(() => ended.resolve("it did not stop in time"), STOP_LIMIT);
  };
  worker.addEventListener("message", ({ data }: MessageEvent<CompanionReport>) => {
    if (data.kind === "ready") return onReady(data.url);
    ended.resolve(data.kind === "failed" ? data.message : undefined);
  });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    ended.resolve(event.message);
  });
  signal.addEventListener("abort", stop);
  send({ kind: "start", environment, log: logAccess });
  return ended.promise.finally(() => {
    clearTimeout(limit);
    signal.removeEventListener("abort", stop);
    worker.terminate();
  });
}
