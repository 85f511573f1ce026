import type { SigningKey } from "../../eventlog/signing_key.ts";
import { noteSigner } from "../../eventlog/tlog/note.ts";
import type { PublishedLog } from "../../eventlog/tlog/published_log.ts";
import { publish, type Published } from "../../eventlog/tlog/publisher.ts";
import { TlogFault } from "../../eventlog/tlog/tlog_fault.ts";
import { verifierKeyText } from "../../eventlog/verify/note.ts";
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

/** Publishes a log when somebody asks for it. Throws what `publish` throws. */
export class LogPublisher {
  readonly #served: ServedLog;
  readonly #publishing: Omit<Publishing, "interval">;
  #last: Published | undefined;
  #running: Promise<void> | undefined;
  #waiting: Promise<void> | undefined;

  constructor(served: ServedLog, publishing: Omit<Publishing, "interval">) {
    this.#served = served;
    this.#publishing = publishing;
  }

  /** What others verify the log with: `name+keyid+key`. */
  async verifierKey(): Promise<string> {
    const { key, origin } = this.#publishing;
    return verifierKeyText((await noteSigner(origin, key)).verifierKey);
  }

  /** The key in PEM (SPKI). */
  get publicKeyPem(): string {
    return this.#publishing.key.publicKey.toPem();
  }

  /**
   * The log as it is published, with that many events at least: what is not published yet is now.
   *
   * @throws {RangeError} where the log has fewer
   */
  async published(size: number): Promise<PublishedLog> {
    const there = await this.#served.published();
    if (there !== undefined && there.checkpoint.size >= size) return there;
    await this.publish();
    const published = await this.#served.published();
    if (published !== undefined && published.checkpoint.size >= size) return published;
    throw new RangeError(`the log has not ${size} events`);
  }

  /**
   * Publishes all that the log has now. Whoever asks while that is under way waits for the next time,
   * together with everybody else who does: what runs may have passed the end by already.
   */
  publish(): Promise<void> {
    if (this.#running === undefined) return this.#start();
    return this.#waiting ??= this.#running.catch(() => {}).then(() => {
      this.#waiting = undefined;
      return this.#start();
    });
  }

  #start(): Promise<void> {
    const running = this.#publishNew().finally(() => {
      if (this.#running === running) this.#running = undefined;
    });
    return this.#running = running;
  }

  async #publishNew(): Promise<void> {
    const { nextSeq } = await this.#served.head();
    if (this.#last?.size === nextSeq) return;
    const { log, objects, prefix } = this.#served.opened;
    const { key, origin } = this.#publishing;
    const finished = checkpointCreateDuration.startTimer();
    this.#last = await publish({ log, objects, prefix, origin, key, remembered: this.#last });
    finished();
  }
}

/**
 * Publishes what is new in a log, now and then. What fails is logged, and tried again.
 *
 * @returns stops it; resolves when what runs has ended
 */
export function keepPublishing(
  served: ServedLog,
  publishing: Publishing,
  publisher = new LogPublisher(served, publishing),
): () => Promise<void> {
  let running: Promise<void> | undefined;
  const look = async () => {
    try {
      await publisher.publish();
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
