import { readQuotas } from "./metadata/quotas.ts";
import type { Sql } from "./metadata/sql.ts";
import { log } from "./telemetry/logs.ts";
import {
  activeMultipartUploads,
  objectsCount,
  quotaBytesAvailable,
  quotaBytesLimit,
  quotaBytesUsed,
} from "./telemetry/metrics.ts";

/**
 * Keeps the gauges of quotas up to date, out of the database: no backend is asked.
 *
 * @param interval milliseconds
 * @returns stops it
 */
export function keepQuotaGauges(sql: Sql, interval: number): () => void {
  const update = () =>
    updateQuotaGauges(sql).catch((error) => log.warning("quota gauges are stale", { error }));
  update();
  const timer = setInterval(update, interval);
  return () => clearInterval(timer);
}

/** One update. Bytes that are reserved for writes under way are neither used nor available. */
export async function updateQuotaGauges(sql: Sql): Promise<void> {
  for (const { backend, limit, used, reserved, objects, activeUploads } of await readQuotas(sql)) {
    quotaBytesUsed.set({ backend }, used);
    quotaBytesLimit.set({ backend }, limit);
    quotaBytesAvailable.set(
      { backend },
      limit === 0 ? Infinity : Math.max(0, limit - used - reserved),
    );
    objectsCount.set({ backend }, objects);
    activeMultipartUploads.set({ backend }, activeUploads);
  }
}
