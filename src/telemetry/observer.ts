import {
  backendDuration,
  backendRequestsTotal,
  managerDuration,
  managerRequestsTotal,
} from "./metrics.ts";
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

/** Sees every operation of the storage room. */
export interface OperationObserver {
  /** Runs an operation, which fills in its backend once that is known. */
  call<T>(operation: string, run: (at: { backend: string }) => Promise<T>): Promise<T>;
}

/** Counts, times and traces storage operations. */
export const storageOperations: OperationObserver = {
  call: (operation, run) =>
    withSpan(`storage ${operation}`, {}, async (span) => {
      const begun = performance.now();
      const at = { backend: "" };
      let status = "error";
      try {
        const result = await run(at);
        status = "success";
        return result;
      } finally {
        const { backend } = at;
        span.setAttribute("holdfast.backend", backend);
        managerDuration.observe({ operation, backend }, (performance.now() - begun) / 1000);
        managerRequestsTotal.inc({ operation, backend, status });
      }
    }),
};
