import { touchIntents } from "../metadata/intents.ts";
import type { Sql } from "../metadata/sql.ts";

/** The write intents that this process holds open, so that it can tell that they are alive. */
export class LiveIntents {
  readonly #ids = new Set<string>();

  constructor(private readonly sql: Sql) {}

  /** Runs `work` while the intent counts as alive. */
  async during<T>(id: string, work: () => Promise<T>): Promise<T> {
    this.#ids.add(id);
    try {
      return await work();
    } finally {
      this.#ids.delete(id);
    }
  }

  /** To be called several times within the age at which intents are swept. */
  async beat(): Promise<void> {
    if (this.#ids.size > 0) await touchIntents(this.sql, [...this.#ids]);
  }
}
