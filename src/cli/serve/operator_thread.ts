/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * An operator beside the server, in a thread of its own. It may talk to the API server and to its log,
 * and write no file.
 *
 * @module
 */
import { flushLogs } from "../../telemetry/logs.ts";
import { runOperator } from "../operator/run_operator.ts";
import type { CompanionCommand, CompanionReport } from "./companion_messages.ts";

const stopping = new AbortController();

self.addEventListener("message", ({ data }: MessageEvent<CompanionCommand>) => {
  if (data.kind === "stop") return stopping.abort();
  const { environment, log } = data;
  const onReady = (url: string) => report({ kind: "ready", url });
  runOperator({ environment, log, onReady, signal: stopping.signal }).then(
    () => end({ kind: "stopped" }),
    (error) =>
      end({ kind: "failed", message: error instanceof Error ? error.message : String(error) }),
  );
});

function end(message: CompanionReport): void {
  flushLogs();
  report(message);
}

function report(message: CompanionReport): void {
  self.postMessage(message);
}
