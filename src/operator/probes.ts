/**
 * What kubelets and Prometheus ask an operator.
 *
 * @module
 */
import { Hono } from "hono";
import type { ProbeSettings } from "../config/operator_settings.ts";
import { expose, METRICS_CONTENT_TYPE, snapshot } from "../telemetry/aggregate.ts";

/** How an operator is. */
export interface OperatorState {
  /** Why it should be started anew; `undefined` while it works. */
  stuck(): string | undefined;
  /** Why it could not take over, or go on, right now; `undefined` where it could. */
  unready(): string | undefined;
  /** For people. */
  facts(): Readonly<Record<string, string | number | boolean>>;
}

/** Answers `/healthz`, `/ready` and, if it is wanted, `/metrics`. */
export function createProbes(
  state: OperatorState,
  { metrics }: Pick<ProbeSettings, "metrics">,
): Hono {
  const app = new Hono();
  const answer = (fault: string | undefined) => ({
    status: fault === undefined ? "ok" : "failed",
    ...fault === undefined ? {} : { reason: fault },
    ...state.facts(),
  });
  app.get("/healthz", (context) => {
    const fault = state.stuck();
    return context.json(answer(fault), fault === undefined ? 200 : 503);
  });
  for (const path of ["/ready", "/readyz"]) {
    app.get(path, (context) => {
      const fault = state.stuck() ?? state.unready();
      return context.json(answer(fault), fault === undefined ? 200 : 503);
    });
  }
  if (metrics) {
    app.get("/metrics", async (context) => {
      const text = await expose([await snapshot()]);
      return context.body(text, 200, { "content-type": METRICS_CONTENT_TYPE });
    });
  }
  return app;
}
