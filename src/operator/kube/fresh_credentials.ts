import type { Credentials } from "./access.ts";
import { KubeUnreachableError } from "./kube_error.ts";

/** How long credentials are shown before they are read again, in milliseconds. */
const FRESH_FOR = 10_000;

/**
 * Credentials that change while we run: the token of a service account does every hour or so. Where
 * they cannot be read again, those that were there before are shown.
 */
export class FreshCredentials {
  readonly #read: () => Promise<Credentials>;
  readonly #freshFor: number;
  #reading: Promise<Credentials> | undefined;
  #kept: Credentials | undefined;
  #keptUntil = -Infinity;

  /** @param freshFor milliseconds */
  constructor(read: () => Promise<Credentials>, freshFor = FRESH_FOR) {
    this.#read = read;
    this.#freshFor = freshFor;
  }

  /** @throws {KubeUnreachableError} where they could never be read */
  async current(): Promise<Credentials> {
    if (this.#kept !== undefined && performance.now() < this.#keptUntil) return this.#kept;
    return await (this.#reading ??= this.#again().finally(() => this.#reading = undefined));
  }

  /**
   * To be called where a server does not accept credentials.
   *
   * @returns newer ones; `undefined` where there are none
   */
  async newerThan(refused: Credentials): Promise<Credentials | undefined> {
    if (this.#kept === refused) this.#keptUntil = -Infinity;
    const current = await this.current();
    return current === refused ? undefined : current;
  }

  async #again(): Promise<Credentials> {
    const read = await this.#read().catch((cause) => {
      if (this.#kept !== undefined) return this.#kept;
      throw new KubeUnreachableError("the credentials cannot be read", { cause });
    });
    // The same object as before tells that nothing changed.
    if (this.#kept === undefined || !isSame(this.#kept, read)) this.#kept = read;
    this.#keptUntil = performance.now() + this.#freshFor;
    return this.#kept;
  }
}

function isSame(some: Credentials, others: Credentials): boolean {
  return JSON.stringify(some) === JSON.stringify(others);
}
