import type { EventLog } from "../../../eventlog/event_log.ts";
import type { LogLocation } from "../../../config/log_location.ts";
import type { StoredRecord } from "../../../eventlog/stored_record.ts";
import { LogFault } from "../../../eventlog/verifier.ts";
import { logFileBytes } from "../log_file.ts";
import { NO_PROGRESS, type Progress, startProgress } from "../progress.ts";

/** A bar for reading a whole log, whose length is found without reading it. */
export async function progressAlong(
  log: EventLog,
  location: LogLocation,
): Promise<Progress<StoredRecord>> {
  if (location.kind === "file") {
    const total = await logFileBytes(location.path);
    return startProgress("bytes", total, ({ bytes }) => bytes.length + 1);
  }
  try {
    return startProgress("events", (await log.head()).nextSeq, () => 1);
  } catch (error) {
    // Whoever reads the log comes upon it as well, and tells it.
    if (error instanceof LogFault) return NO_PROGRESS;
    throw error;
  }
}
