import type { Backend } from "../backends/backend.ts";
import { deletionsUnderWay } from "../metadata/deletions.ts";
import type { Sql } from "../metadata/sql.ts";
import { BackendDeletions, type DeletionObserver } from "./backend_deletions.ts";

/** How long a write that finds no room waits for deletions, and how often it looks. Milliseconds. */
const PATIENCE = 2_000;
const PAUSE = 20;

/**
 * Works the queue of deletions off, each backend's by itself: one that is down holds up no other.
 * Several processes share the queue.
 */
export class DeletionWorker {
  readonly #queues: readonly BackendDeletions[];
  readonly #names: readonly string[];

  constructor(
    private readonly sql: Sql,
    backends: ReadonlyMap<string, Backend>,
    onFailure: DeletionObserver = () => {},
  ) {
    this.#names = [...backends.keys()];
    this.#queues = [...backends.values()].map((backend) =>
      new BackendDeletions(sql, backend, onFailure)
    );
  }

  /** Works the queue off soon, without making the caller wait. */
  kick(): void {
    for (const queue of this.#queues) queue.kick();
  }

  /** Works off all that is due; with `urgent`, what waits out its grace for readers as well. */
  async run(urgent = false): Promise<void> {
    await Promise.all(this.#queues.map((queue) => queue.run(urgent)));
  }

  /** Deletes what can be deleted at once, and waits a little for that and for what others are deleting. */
  async makeRoom(): Promise<void> {
    const giveUpAt = Date.now() + PATIENCE;
    await atMost(PATIENCE, this.run(true));
    while (Date.now() < giveUpAt && await deletionsUnderWay(this.sql, this.#names)) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE));
    }
  }

  /** Resolves when nothing is being deleted here any more. */
  async idle(): Promise<void> {
    await Promise.all(this.#queues.map((queue) => queue.idle()));
  }
}

/** Waits for `work`, but not longer than that; it goes on by itself then. */
async function atMost(milliseconds: number, work: Promise<void>): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<void>((resolve) => timer = setTimeout(resolve, milliseconds));
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
