import type { SigningKey } from "../../eventlog/signing_key.ts";
import { publish, type Published } from "../../eventlog/tlog/publisher.ts";
import { TlogFault } from "../../eventlog/tlog/tlog_fault.ts";
import { log } from "../../telemetry/logs.ts";
import {
  checkpointCreateDuration,
  checkpointVerifyFailuresTotal,
} from "../../telemetry/metrics.ts";
import type { ServedLog } from "./served_log.ts";

/** How a log is published. */
export interface Publishing {
  readonly key: SigningKey;
  /** Name of the published log. */
  readonly origin: string;
  /** Milliseconds. */
  readonly interval: number;
}

/**
 * Publishes what is new in a log, now and then. What fails is logged, and tried again.
 *
 * @returns stops it; resolves when what runs has ended
 */
export function keepPublishing(served: ServedLog, publishing: Publishing): () => Promise<void> {
  let [last, running]: [Published | undefined, Promise<void> | undefined] = [undefined, undefined];
  const look = async () => {
    try {
      last = await publishNew(served, publishing, last);
    } catch (error) {
      if (error instanceof TlogFault) checkpointVerifyFailuresTotal.inc();
      log.error("the log of events could not be published", { error });
    }
  };
  const start = () => {
    running ??= look().finally(() => running = undefined);
  };
  start();
  const timer = setInterval(start, publishing.interval);
  return async () => {
    clearInterval(timer);
    await running;
  };
}

async function publishNew(
  served: ServedLog,
  { key, origin }: Publishing,
  last: Published | undefined,
): Promise<Published> {
  const { nextSeq } = await served.head();
  if (last?.size === nextSeq) return last;
  const { log, objects, prefix } = served.opened;
  const finished = checkpointCreateDuration.startTimer();
  const published = await publish({ log, objects, prefix, origin, key, remembered: last });
  finished();
  return published;
}
