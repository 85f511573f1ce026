import { configureSync, type LogRecord, resetSync } from "@logtape/logtape";

/** What is logged while something runs, but for level `debug`. */
export async function captured(run: () => Promise<void> | void): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = [];
  configureSync({
    reset: true,
    sinks: { kept: (record) => records.push(record) },
    loggers: [
      { category: ["holdfast"], lowestLevel: "info", sinks: ["kept"] },
      { category: ["logtape"], lowestLevel: "error", sinks: ["kept"] },
    ],
  });
  try {
    await run();
  } finally {
    resetSync();
  }
  return records;
}
