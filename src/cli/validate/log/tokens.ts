/**
 * Fencing tokens of the events in a log.
 *
 * @module
 */
import type { EventLog, ReadRange } from "../../../eventlog/event_log.ts";
import { isJsonObject, type Json, JsonNumber } from "../../../eventlog/json.ts";
import type { StoredRecord } from "../../../eventlog/stored_record.ts";
import { untilAborted } from "../../../objectstore/until_aborted.ts";
import { untilGivenUp } from "../until_given_up.ts";

/** The last events of a log, in their order. */
export async function newestEvents(
  log: EventLog,
  count: number,
  signal: AbortSignal,
): Promise<readonly StoredRecord[]> {
  const { nextSeq } = await untilGivenUp(log.head(), signal);
  if (nextSeq === 0) return [];
  return await eventsIn(log, { fromSeq: Math.max(0, nextSeq - count), toSeq: nextSeq - 1 }, signal);
}

/** The events that a range has by now, in their order. */
export async function eventsIn(
  log: EventLog,
  range: ReadRange,
  signal: AbortSignal,
): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  for await (const record of untilAborted(log.read(range), signal)) records.push(record);
  return records;
}

/** What an event's token lacks; `undefined` for a complete one. */
export function tokenFault({ event: { meta } }: StoredRecord): string | undefined {
  const token = meta["fencing_token"];
  if (!isJsonObject(token)) return "has no fencing_token";
  const lacking = Object.entries(MEMBERS).filter(([name, isGiven]) => !isGiven(token[name]));
  return lacking.length === 0
    ? undefined
    : `has a fencing_token without ${lacking.map(([name]) => name).join(", ")}`;
}

/** Who wrote an event, and under which epoch, as its token says it. */
export function tokenText({ event: { meta } }: StoredRecord): string {
  const token = meta["fencing_token"];
  if (!isJsonObject(token)) return "nobody";
  const { holder_identity: holder, epoch } = token;
  return `${typeof holder === "string" ? holder : "?"} under epoch ${
    epoch instanceof JsonNumber ? epoch.text : "?"
  }`;
}

/** What a token has, when there was an election. */
const MEMBERS: Readonly<Record<string, (value: Json | undefined) => boolean>> = {
  holder_identity: isText,
  resource_version: isText,
  renew_time: (value) => typeof value === "string" && !Number.isNaN(Date.parse(value)),
  epoch: (value) => value instanceof JsonNumber && /^[1-9]\d*$/.test(value.text),
};

function isText(value: Json | undefined): boolean {
  return typeof value === "string" && value !== "";
}
