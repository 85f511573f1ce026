import { backendDuration, backendRequestsTotal } from "./metrics.ts";
import { withSpan } from "./tracing.ts";

/** Sees every call to a backend. */
export interface CallObserver {
  /** Runs a call; what it returns or throws passes through. */
  call<T>(operation: string, backend: string, run: () => Promise<T>): Promise<T>;
}

/** Counts, times and traces calls to backends. */
export const backendCalls: CallObserver = {
  call: (operation, backend, run) =>
    withSpan(`backend ${operation}`, { "holdfast.backend": backend }, async () => {
      const begun = performance.now();
      let status = "error";
      try {
        const result = await run();
        status = "success";
        return result;
      } finally {
        backendDuration.observe({ operation, backend }, (performance.now() - begun) / 1000);
        backendRequestsTotal.inc({ operation, backend, status });
      }
    }),
};
