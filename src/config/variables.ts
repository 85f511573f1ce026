/**
 * Variables of the environment, and what they may hold.
 *
 * @module
 */
import type { Environment } from "./environment.ts";

/** A variable that cannot be meant. The message names it. */
export class VariableError extends Error {
  override readonly name = "VariableError";
}

/** Which numbers a variable may hold, and what it stands for where it is not set. */
export interface NumberBounds {
  readonly otherwise: number;
  readonly least: number;
  readonly most?: number;
}

/** What switches are set to. */
const SWITCH: Readonly<Record<string, boolean>> = {
  true: true,
  "1": true,
  false: false,
  "0": false,
};

/** The variables of an environment. An empty one is one that is not set. */
export class Variables {
  readonly #environment: Environment;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  text(name: string): string | undefined {
    return this.#environment[name]?.trim() || undefined;
  }

  /** @throws {VariableError} */
  wholeNumber(
    name: string,
    { otherwise, least, most = Number.MAX_SAFE_INTEGER }: NumberBounds,
  ): number {
    const written = this.text(name);
    if (written === undefined) return otherwise;
    const value = Number(written);
    if (/^\d+$/.test(written) && value >= least && value <= most) return value;
    throw unmeant(name, `a whole number from ${least} to ${most}`, written);
  }

  /**
   * What a word stands for. Case does not matter.
   *
   * @throws {VariableError}
   */
  oneOf<T>(name: string, values: Readonly<Record<string, T>>, otherwise: T): T {
    const written = this.text(name);
    if (written === undefined) return otherwise;
    const word = written.toLowerCase();
    const value = Object.hasOwn(values, word) ? values[word] : undefined;
    if (value !== undefined) return value;
    throw unmeant(name, `one of ${Object.keys(values).join(", ")}`, written);
  }

  /** @throws {VariableError} */
  flag(name: string, otherwise: boolean): boolean {
    return this.oneOf(name, SWITCH, otherwise);
  }
}

function unmeant(name: string, what: string, written: string): VariableError {
  return new VariableError(`${name} must be ${what}, not ${JSON.stringify(written)}`);
}
