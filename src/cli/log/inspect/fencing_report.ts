import { FencingRuns, type Run, type Writer } from "../../../eventlog/audit/fencing.ts";
import type { StoredRecord } from "../../../eventlog/stored_record.ts";
import { printable } from "../printable.ts";
import { writeLines } from "../standard_output.ts";

/**
 * Shows who wrote which events on standard output.
 *
 * @returns how many runs should not have been written
 */
export async function showFencing(
  records: AsyncIterable<StoredRecord>,
  asJson: boolean,
): Promise<number> {
  const runs = new FencingRuns();
  let [shown, overlaps] = [0, 0];
  const show = async (run: Run) => {
    await writeLines(asJson ? [(shown === 0 ? "" : ",") + jsonOf(run)] : linesOf(run));
    shown++;
    if (run.overlap !== undefined) overlaps++;
  };
  if (asJson) await writeLines(['{"runs":[']);
  for await (const record of records) {
    const ended = runs.accept(record);
    if (ended !== undefined) await show(ended);
  }
  const last = runs.end();
  if (last !== undefined) await show(last);
  const { withoutToken } = runs;
  await writeLines(
    asJson ? [`],"overlaps":${overlaps},"events_without_token":${withoutToken}}`] : [
      `${withoutToken} ${withoutToken === 1 ? "event" : "events"} without a fencing token`,
      overlaps === 0 ? "no overlap" : `${overlaps} ${overlaps === 1 ? "overlap" : "overlaps"}`,
    ],
  );
  return overlaps;
}

function linesOf({ first, last, events, overlap }: Run): readonly string[] {
  const versions = first.version === last.version
    ? first.version
    : `${first.version} to ${last.version}`;
  const written = `${events} ${events === 1 ? "event" : "events"}`;
  const line = `seq ${first.seq} to ${last.seq}: ${printable(first.holder)}, ` +
    `epoch ${printable(first.epoch)}, version ${printable(versions)}: ${written}`;
  if (overlap === undefined) return [line];
  const { writer, reason, after } = overlap;
  return [
    line,
    `  OVERLAP (${reason}): seq ${writer.seq}, of ${
      nameOf(writer)
    }, comes after seq ${after.seq}, ` +
    `of ${nameOf(after)}`,
  ];
}

function nameOf({ holder, epoch, version }: Writer): string {
  return printable(`${holder}, epoch ${epoch}, version ${version}`);
}

function jsonOf({ first, last, events, overlap }: Run): string {
  return JSON.stringify({
    holder_identity: first.holder,
    epoch: first.epoch,
    from_seq: first.seq,
    to_seq: last.seq,
    events,
    first_resource_version: first.version,
    last_resource_version: last.version,
    overlap: overlap === undefined ? null : {
      seq: overlap.writer.seq,
      reason: overlap.reason,
      after: {
        seq: overlap.after.seq,
        holder_identity: overlap.after.holder,
        epoch: overlap.after.epoch,
        resource_version: overlap.after.version,
      },
    },
  });
}
