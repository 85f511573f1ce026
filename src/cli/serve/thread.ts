/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * A thread that serves, beside the main one and in the same way.
 *
 * @module
 */
import { snapshot } from "../../telemetry/aggregate.ts";
import { configureLogs, flushLogs } from "../../telemetry/logs.ts";
import { serveOnThisThread, type ServingThread } from "./serving_thread.ts";
import { PendingAnswers } from "./pending_answers.ts";
import type { ThreadCommand, ThreadReport } from "./thread_messages.ts";

/** How long the main thread may take to gather the metrics of all. Milliseconds. */
const METRICS_PATIENCE = 4_000;

const metrics = new PendingAnswers<string>();
let serving: ServingThread | undefined;

self.addEventListener("message", ({ data }: MessageEvent<ThreadCommand>) => {
  obey(data).catch((error) => {
    report({ kind: "failed", message: error instanceof Error ? error.message : String(error) });
  });
});

async function obey(command: ThreadCommand): Promise<void> {
  switch (command.kind) {
    case "start":
      configureLogs(command.config.telemetry.logs);
      serving = await serveOnThisThread({ ...command, role: "other", metrics: allMetrics });
      return report({ kind: "ready" });
    case "snapshot":
      return report({ kind: "snapshot", id: command.id, snapshot: await snapshot() });
    case "metrics":
      return metrics.answer(command.id, command.text);
    case "certificate":
      return serving?.listener.use(command.certificate);
    case "stop":
      await serving?.stop();
      flushLogs();
      return report({ kind: "stopped" });
  }
}

async function allMetrics(): Promise<string> {
  const text = await metrics.ask((id) => report({ kind: "metrics", id }), METRICS_PATIENCE);
  if (text === undefined) throw new Error("the main thread did not send the metrics in time");
  return text;
}

function report(message: ThreadReport): void {
  self.postMessage(message);
}
