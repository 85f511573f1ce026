/** How many leases may pass without a word about the election while there is word of other things. */
const MOST_LEASES = 4;

/** How long nothing was heard of the API server, in milliseconds; `Infinity` where it never was. */
export interface Silence {
  /** In answer to what the election asks. */
  readonly election: number;
  /** Of agents. */
  readonly agents: number;
}

/**
 * Whether an election stands still, so that only starting anew helps. It does not while the API server
 * is silent altogether, however long that takes: only what was heard of it long after the election's
 * last answer shows that there could have been others.
 *
 * @param lease its duration, in milliseconds
 */
export function standsStill({ election, agents }: Silence, lease: number): boolean {
  return election - agents > MOST_LEASES * lease;
}
