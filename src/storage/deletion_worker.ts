import type { Backend, BackendKey } from "../backends/backend.ts";
import { BackendError } from "../backends/backend.ts";
import {
  type Deletion,
  deletionsUnderWay,
  settleDeletions,
  takeDeletions,
} from "../metadata/deletions.ts";
import type { Sql } from "../metadata/sql.ts";

/** As many keys as one DeleteObjects takes. */
const BATCH = 1_000;

/** How long a write that finds no room waits for deletions under way, and how often it looks. */
const PATIENCE = 2_000;
const PAUSE = 20;

/** What went wrong with deletions that will be tried again. */
export type DeletionObserver = (failure: { backend: string; keys: number; error: unknown }) => void;

/**
 * Deletes from the backends what the queue names. Deletions stay in the queue, and their bytes
 * count, until the backend has confirmed them; a failed one is taken again after its backoff.
 * Several processes share the queue.
 */
export class DeletionWorker {
  #running: Promise<void> | undefined;
  #again = false;

  constructor(
    private readonly sql: Sql,
    private readonly backends: ReadonlyMap<string, Backend>,
    private readonly onFailure: DeletionObserver = () => {},
  ) {}

  /** Works the queue off soon, without making the caller wait. */
  kick(): void {
    this.#again = true;
    this.#running ??= this.#loop().catch((error) => {
      this.onFailure({ backend: "", keys: 0, error });
    }).finally(() => {
      this.#running = undefined;
    });
  }

  /** Works off all that is due; with `urgent`, what waits out its grace for readers as well. */
  async run(urgent = false): Promise<void> {
    for (;;) {
      const batch = await takeDeletions(this.sql, [...this.backends.keys()], BATCH, urgent);
      if (batch.length === 0) return;
      const byBackend = Map.groupBy(batch, (deletion) => deletion.backend);
      await Promise.all([...byBackend].map(([name, all]) => this.#delete(name, all)));
    }
  }

  /** Deletes what can be deleted at once, and waits a little for what others are deleting. */
  async makeRoom(): Promise<void> {
    const giveUpAt = Date.now() + PATIENCE;
    await this.run(true);
    while (Date.now() < giveUpAt && await deletionsUnderWay(this.sql, [...this.backends.keys()])) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  /** Resolves when nothing is being deleted by {@link kick}. */
  async idle(): Promise<void> {
    await this.#running;
  }

  async #loop(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await this.run();
    }
  }

  async #delete(name: string, deletions: readonly Deletion[]): Promise<void> {
    const backend = this.backends.get(name);
    if (!backend) return;
    try {
      const aborted = await this.#abortUploads(backend, deletions);
      // The column holds nothing but backend keys.
      const keys = aborted.map((deletion) => deletion.backendKey as BackendKey);
      const failures = await backend.delete(keys);
      if (failures.length > 0) {
        this.onFailure({ backend: name, keys: failures.length, error: failures[0]?.error });
      }
      const remaining = new Set<string>(failures.map((failure) => failure.key));
      await settleDeletions(
        this.sql,
        aborted.filter((d) => !remaining.has(d.backendKey)).map((d) => d.id),
      );
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      this.onFailure({ backend: name, keys: deletions.length, error });
    }
  }

  async #abortUploads(
    backend: Backend,
    deletions: readonly Deletion[],
  ): Promise<readonly Deletion[]> {
    const done: Deletion[] = [];
    for (const deletion of deletions) {
      if (deletion.backendUploadId !== null) {
        await backend.abortUpload(deletion.backendKey as BackendKey, deletion.backendUploadId);
      }
      done.push(deletion);
    }
    return done;
  }
}
