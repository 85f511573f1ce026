import { countIndexed } from "../metadata/evidence_index.ts";
import type { EvidenceContext } from "./context.ts";
import { ReindexReport } from "./reindex_report.ts";
import { indexEvents } from "./reindex_events.ts";
import { indexObjects } from "./reindex_objects.ts";
import type { ReindexFault } from "./reindex_report.ts";

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

/**
 * Makes the index again: from the events, in their order, and then from the objects, of which those of
 * other programs are in no event. What is in the index already stays, and what is under way is left
 * alone. An object that an event tells of and that is not there is in the index all the same: whoever
 * asks for it is told that it is damaged, and not that it never was.
 *
 * Reads all of the log and lists all of the bucket; reads those objects whose fingerprint is in no
 * index. Needs memory for one batch and one object.
 */
export async function reindex(context: EvidenceContext): Promise<Reindexed> {
  const report = new ReindexReport();
  await indexEvents(context, report);
  await indexObjects(context, report);
  const bundles = await countIndexed(context.sql, "evidence_bundles");
  const attachments = await countIndexed(context.sql, "evidence_attachments");
  return {
    bundles: bundles.stored,
    attachments: attachments.stored,
    withoutEvent: bundles.withoutEvent + attachments.withoutEvent,
    wrong: report.wrong,
    faults: report.faults,
  };
}
