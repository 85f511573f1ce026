import { UsageError } from "../command.ts";
import type { Check, Phase } from "./check.ts";

/** Which checks to run. */
export interface Choice {
  readonly phases: ReadonlySet<Phase>;
  /** Ids or numbers; all where there are none. */
  readonly only: readonly string[];
  readonly skip: readonly string[];
}

/** What was chosen of a list of checks, in its order. */
export interface Chosen {
  /** With those of their parts that are of the phases. */
  readonly checks: readonly Check[];
  readonly leftOut: readonly Check[];
}

/**
 * Chooses checks.
 *
 * @throws {UsageError} for an id or a number that none of them has, and where none is left
 */
export function chooseChecks(all: readonly Check[], { phases, only, skip }: Choice): Chosen {
  for (const name of [...only, ...skip]) {
    if (all.some((check) => isCalled(check, name))) continue;
    const names = all.map(({ id, number }) => `${number} ${id}`).join(", ");
    throw new UsageError(`there is no check ${JSON.stringify(name)}; there are ${names}`);
  }
  const checks = all
    .filter((check) =>
      (only.length === 0 || only.some((name) => isCalled(check, name))) &&
      !skip.some((name) => isCalled(check, name))
    )
    .map((check) => ({ ...check, parts: check.parts.filter(({ phase }) => phases.has(phase)) }))
    .filter(({ parts }) => parts.length > 0);
  if (checks.length === 0) throw new UsageError("no check is left to run");
  const leftOut = all.filter(({ id }) => !checks.some((check) => check.id === id));
  return { checks, leftOut };
}

/** Names in lists with commas, each on its own. */
export function namesIn(lists: readonly string[]): readonly string[] {
  return lists.flatMap((list) => list.split(",")).map((name) => name.trim()).filter(Boolean);
}

function isCalled({ id, number }: Check, name: string): boolean {
  return [id, number].includes(name) || number === name.toUpperCase();
}
