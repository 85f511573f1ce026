import { type Backend, BackendError } from "../backends/backend.ts";
import { concurrently } from "../backends/concurrently.ts";
import { type Deletion, settleDeletions, takeDeletions } from "../metadata/deletions.ts";
import type { Sql } from "../metadata/sql.ts";

/** As many keys as one DeleteObjects takes. */
const BATCH = 1_000;

/** Uploads that are aborted at the same time. */
const ABORTS_AT_ONCE = 8;

/** What went wrong with deletions that will be tried again. */
export type DeletionObserver = (failure: { backend: string; keys: number; error: unknown }) => void;

/**
 * Deletes from one backend what the queue names. Deletions stay in the queue, and their bytes
 * count, until the backend has confirmed them; a failed one is taken again after its backoff.
 */
export class BackendDeletions {
  readonly #running = new Set<Promise<void>>();
  #looping = false;
  #again = false;

  constructor(
    private readonly sql: Sql,
    private readonly backend: Backend,
    private readonly onFailure: DeletionObserver,
  ) {}

  /** Works the queue off soon, without making the caller wait. */
  kick(): void {
    this.#again = true;
    if (this.#looping) return;
    this.#looping = true;
    this.#track(this.#loop().catch((error) => this.#failed(0, error)));
  }

  /** Works off all that is due; with `urgent`, what waits out its grace for readers as well. */
  run(urgent = false): Promise<void> {
    return this.#track(this.#run(urgent));
  }

  /** Resolves when nothing is being deleted here any more. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.allSettled(this.#running);
  }

  #track(work: Promise<void>): Promise<void> {
    const done = work.finally(() => this.#running.delete(done));
    this.#running.add(done);
    return done;
  }

  async #loop(): Promise<void> {
    try {
      while (this.#again) {
        this.#again = false;
        await this.#run(false);
      }
    } finally {
      this.#looping = false;
    }
  }

  async #run(urgent: boolean): Promise<void> {
    for (const which of urgent ? ["due", "fresh"] as const : ["due"] as const) {
      for (;;) {
        const batch = await takeDeletions(this.sql, this.backend.name, BATCH, which);
        if (batch.length === 0) break;
        // A backend that does nothing it is told would only make the rest wait, batch after batch.
        if (await this.#carryOut(batch) === 0) break;
      }
    }
  }

  /** Resolves with how many are done. */
  async #carryOut(deletions: readonly Deletion[]): Promise<number> {
    const aborted = await this.#abortUploads(deletions);
    const remaining = await this.#delete(aborted);
    const done = aborted.filter((deletion) => !remaining.has(deletion.backendKey));
    if (done.length > 0) await settleDeletions(this.sql, done.map((deletion) => deletion.id));
    return done.length;
  }

  /** Deletes keys; resolves with those that remain. */
  async #delete(deletions: readonly Deletion[]): Promise<ReadonlySet<string>> {
    const keys = deletions.map((deletion) => deletion.backendKey);
    if (keys.length === 0) return new Set();
    try {
      const failures = await this.backend.delete(keys);
      if (failures.length > 0) this.#failed(failures.length, failures[0]?.error);
      return new Set(failures.map((failure) => failure.key));
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      this.#failed(keys.length, error);
      return new Set(keys);
    }
  }

  /** Aborts the uploads that go with deletions; resolves with those whose bytes may be deleted now. */
  async #abortUploads(deletions: readonly Deletion[]): Promise<readonly Deletion[]> {
    let failure: BackendError | undefined;
    const failed = new Set<Deletion>();
    await concurrently(deletions.filter(hasUploads), ABORTS_AT_ONCE, async (deletion) => {
      try {
        // Each further one would wait as long for a backend that does not answer.
        if (failure?.kind === "unavailable") throw failure;
        await this.#abort(deletion);
      } catch (error) {
        if (!(error instanceof BackendError)) throw error;
        failure = error;
        failed.add(deletion);
      }
    });
    if (failure) this.#failed(failed.size, failure);
    return deletions.filter((deletion) => !failed.has(deletion));
  }

  async #abort({ backendKey, backendUploadId, everyUpload }: Deletion): Promise<void> {
    if (backendUploadId !== null) await this.backend.abortUpload(backendKey, backendUploadId);
    if (everyUpload) await this.backend.abortUploads(backendKey);
  }

  #failed(keys: number, error: unknown): void {
    this.onFailure({ backend: this.backend.name, keys, error });
  }
}

function hasUploads({ backendUploadId, everyUpload }: Deletion): boolean {
  return backendUploadId !== null || everyUpload;
}
