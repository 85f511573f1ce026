/**
 * The program, with a second thread that fails a while after it was started first. Threads do not fail
 * by what anybody sends to a server.
 *
 * @module
 */
import { run } from "../../src/cli/run.ts";

const RealWorker = globalThis.Worker;

/** Milliseconds. */
const UNTIL_FAILURE = 500;

let mayFail = true;

globalThis.Worker = class extends RealWorker {
  constructor(specifier: string | URL, options?: WorkerOptions) {
    super(specifier, options);
    if (options?.name !== "serve-2" || !mayFail) return;
    mayFail = false;
    this.addEventListener("message", () => {
      const failure = new ErrorEvent("error", { message: "it was made to fail", cancelable: true });
      setTimeout(() => this.dispatchEvent(failure), UNTIL_FAILURE);
    }, { once: true });
  }
};

Deno.exit(await run(Deno.args));
