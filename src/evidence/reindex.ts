import type { EvidenceContext } from "./context.ts";

/** Something that is not as it ought to be. */
export interface ReindexFault {
  readonly key: string;
  readonly problem: string;
}

/** What a new index has in it. */
export interface Reindexed {
  /** Versions of evidence. */
  readonly bundles: number;
  readonly attachments: number;
  /** How many of both are in the bucket, and not in the log. */
  readonly withoutEvent: number;
  /** How many things are wrong; the first of them are told of. */
  readonly wrong: number;
  readonly faults: readonly ReindexFault[];
}

/** Makes the index again. */
export function reindex(_context: EvidenceContext): Promise<Reindexed> {
  return Promise.reject(new Error("not yet"));
}
