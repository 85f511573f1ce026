import { asJson } from "../../../eventlog/as_json.ts";
import { canonicalJson } from "../../../eventlog/canonical_json.ts";
import { surfaceOf } from "../../../eventlog/event.ts";
import type { StoredRecord } from "../../../eventlog/stored_record.ts";
import { inBatches } from "../batches.ts";
import { factLines, prettyJson, printable } from "../printable.ts";
import { writeLines } from "../standard_output.ts";

/** What to show. */
export interface EventView {
  /** Only events of this type; all without it. */
  readonly type?: string;
  readonly withPayload: boolean;
  readonly asJson: boolean;
}

/** Shows events on standard output, and says how many there were. */
export async function showEvents(
  records: AsyncIterable<StoredRecord>,
  view: EventView,
): Promise<void> {
  const { type } = view;
  let count = 0;
  if (view.asJson) await writeLines(['{"events":[']);
  for await (const batch of inBatches(records)) {
    const some = batch.filter(({ event }) => type === undefined || event.type === type);
    await writeLines(some.flatMap((record, index) => linesOf(record, count + index, view)));
    count += some.length;
  }
  if (view.asJson) await writeLines([`],"count":${count}}`]);
  else await writeLines([count === 0 ? "No events match" : `Total events: ${count}`]);
}

/** @param before how many were shown before it */
function linesOf(
  record: StoredRecord,
  before: number,
  { withPayload, asJson }: EventView,
): readonly string[] {
  if (asJson) return [`${before === 0 ? "" : ","}${jsonOf(record, withPayload)}`];
  const { event, eventHash, prevHash } = record;
  const facts: readonly (readonly [string, string])[] = [
    ["  Type:", printable(event.type)],
    ["  Aggregate:", printable(event.aggregateId)],
    ["  Timestamp:", event.ts.text],
    ["  Hash:", eventHash],
    ["  Prev Hash:", prevHash],
  ];
  const payload = withPayload ? [["  Payload:", prettyJson(event.payload)] as const] : [];
  return [`Event ${event.seq}`, ...factLines([...facts, ...payload]), ""];
}

/** The record, with its seq and hash beside it as existing operators show them. */
function jsonOf({ event, eventHash, prevHash, seq }: StoredRecord, withPayload: boolean): string {
  const surface = surfaceOf(event);
  return canonicalJson({
    event: withPayload ? surface : { ...surface, payload: "<hidden>" },
    event_hash: eventHash,
    prev_hash: prevHash,
    hash: eventHash,
    seq: asJson(seq),
  });
}
