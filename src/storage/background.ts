import { claimUpload, sweepIntents } from "../metadata/intents.ts";
import { onOneReplica } from "../metadata/leadership.ts";
import { endUpload, findStaleUploads } from "../metadata/uploads.ts";
import type { StorageContext } from "./context.ts";

/** How often each task runs and what it takes to be old. All in milliseconds. */
export interface BackgroundSchedule {
  readonly sweepInterval: number;
  /** Age at which a write intent that nobody touches is swept. */
  readonly intentMaxAge: number;
  readonly deletionInterval: number;
  readonly cleanupInterval: number;
  /** Age at which a multipart upload is aborted. */
  readonly multipartMaxAge: number;
}

/** A task that failed is reported, and runs again at its next turn. */
export type TaskObserver = (task: string, error: unknown) => void;

/** Live intents are touched this many times within the age at which they would be swept. */
const BEATS_PER_AGE = 6;
/** Stale uploads ended per query. */
const BATCH = 100;

/** The work that is done beside requests. */
export class Background {
  readonly #timers: ReturnType<typeof setInterval>[] = [];
  readonly #running = new Map<string, Promise<void>>();

  constructor(
    private readonly ctx: StorageContext,
    private readonly schedule: BackgroundSchedule,
    private readonly onFailure: TaskObserver,
  ) {}

  /** The heartbeat of this process's own writes: every process and thread needs it. */
  startHeartbeat(): void {
    const interval = this.schedule.intentMaxAge / BEATS_PER_AGE;
    this.#every("heartbeat", interval, () => this.ctx.intents.beat());
  }

  /** The tasks that one replica at a time does for all. */
  startShared(): void {
    const { sweepInterval, deletionInterval, cleanupInterval } = this.schedule;
    this.#every("sweep", sweepInterval, () => this.#alone("sweep", () => this.sweep()));
    this.#every(
      "deletions",
      deletionInterval,
      () => this.#alone("deletions", () => this.ctx.deletions.run()),
    );
    this.#every(
      "cleanup",
      cleanupInterval,
      () => this.#alone("cleanup", () => this.endStaleUploads()),
    );
  }

  /** Cleans up after writers that have died. */
  async sweep(): Promise<void> {
    const swept = await sweepIntents(this.ctx.sql, this.schedule.intentMaxAge);
    if (swept > 0) await this.ctx.deletions.run();
  }

  /** Aborts multipart uploads that are too old; one that is being completed is left alone. */
  async endStaleUploads(): Promise<void> {
    for (;;) {
      const stale = await findStaleUploads(this.ctx.sql, this.schedule.multipartMaxAge, BATCH);
      let ended = 0;
      for (const { uploadId } of stale) {
        if (!await claimUpload(this.ctx.sql, uploadId)) continue;
        await endUpload(this.ctx.sql, uploadId);
        ended++;
      }
      if (ended === 0) break;
    }
    await this.ctx.deletions.run();
  }

  /** Starts nothing more, and waits for what runs. */
  async stop(): Promise<void> {
    for (const timer of this.#timers.splice(0)) clearInterval(timer);
    await Promise.all(this.#running.values());
    await this.ctx.deletions.idle();
  }

  #alone(task: string, run: () => Promise<void>): Promise<void> {
    return onOneReplica(this.ctx.sql, task, run);
  }

  /** A turn that comes while the last one is still running is left out. */
  #every(task: string, interval: number, run: () => Promise<void>): void {
    const turn = () => {
      if (this.#running.has(task)) return;
      const done = run().catch((error) => this.onFailure(task, error)).finally(() => {
        this.#running.delete(task);
      });
      this.#running.set(task, done);
    };
    turn();
    this.#timers.push(setInterval(turn, interval));
  }
}
