import type { Term } from "../term.ts";

/**
 * The term of somebody who was not elected and leads for as long as it runs.
 *
 * @param identity what events say who wrote them
 */
export function standingTerm(identity: string): Term {
  const token = { holder_identity: identity, resource_version: null, renew_time: null, epoch: 0 };
  const { signal } = new AbortController();
  return { signal, demand: () => token };
}
