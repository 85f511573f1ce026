import { log } from "../../telemetry/logs.ts";
import { EXIT } from "../command.ts";

/** Signals that ask a server to end; Windows has no SIGTERM. */
const ENDING: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGTERM", "SIGINT"];

/** Resolves with the next signal that asks this process to end. */
export function nextSignal(): Promise<Deno.Signal> {
  const { promise, resolve } = Promise.withResolvers<Deno.Signal>();
  const listeners = ENDING.map((signal) => [signal, () => resolve(signal)] as const);
  for (const [signal, listener] of listeners) Deno.addSignalListener(signal, listener);
  return promise.finally(() => {
    for (const [signal, listener] of listeners) Deno.removeSignalListener(signal, listener);
  });
}

/**
 * Whether this process is asked to end. There is one for all that it does: what is begun again after
 * a failure is to hear of a signal that came meanwhile.
 */
export class AskedToEnd {
  #signal: AbortSignal | undefined;

  /**
   * Aborted by the first signal, whose name is the reason. Whoever does not want to wait sends a second
   * one: it ends the process at once, as any of them does before this is asked for.
   */
  get signal(): AbortSignal {
    return this.#signal ??= untilSignal();
  }
}

function untilSignal(): AbortSignal {
  const asked = new AbortController();
  nextSignal().then((name) => {
    asked.abort(name);
    return nextSignal();
  }).then(() => Deno.exit(EXIT.failed));
  return asked.signal;
}

/**
 * Logs a rejection that nobody waits for instead of ending the process: one request's mishap must
 * not end the others.
 */
export function surviveStrayRejections(): void {
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    log.error("a rejection was not handled", { error: event.reason });
  });
}
