import { LogContendedError } from "../../eventlog/append_with_retry.ts";
import type { Appended } from "../../eventlog/event_log.ts";
import { FIRST_PREV_HASH } from "../../eventlog/record.ts";
import type { StoredRecord } from "../../eventlog/stored_record.ts";
import type { Attempt } from "../once.ts";
import { type AppendBody, MARKER } from "./append_body.ts";
import type { ServedLog } from "./served_log.ts";

/** Milliseconds: the first wait, the longest, and how long others may be faster. */
const [FIRST_WAIT, LONGEST_WAIT, PATIENCE] = [5, 250, 30_000];

/**
 * Adds an event unless an earlier attempt has: also one that died before it could say so, or has not
 * noticed that it is taken for dead. It is added only right behind a place up to which the log was
 * searched for it, so of two attempts at once the log lets one succeed, and the other finds it.
 *
 * @throws {LogContendedError} and what `EventLog` throws: then the same attempt can be made again
 */
export async function appendOnce(
  log: ServedLog,
  body: AppendBody,
  { fromSeq, marker }: Attempt,
): Promise<Appended> {
  const { expected_prev_hash: wanted } = body;
  const marked = { ...body, meta: { ...body.meta, [MARKER]: marker } };
  let end = await placeBefore(log, fromSeq);
  const until = performance.now() + PATIENCE;
  for (let wait = FIRST_WAIT;; wait = Math.min(wait * 2, LONGEST_WAIT)) {
    for await (const record of log.records(end.nextSeq)) {
      if (record.event.meta[MARKER] === marker) return { kind: "committed", record };
      end = behind(record);
    }
    if (wanted !== undefined && wanted !== end.prevHash) {
      return { kind: "conflict", observedPrevHash: end.prevHash };
    }
    const appended = await log.append({ ...marked, expected_prev_hash: end.prevHash });
    if (appended.kind === "committed") return appended;
    if (performance.now() >= until) {
      throw new LogContendedError("others appended to the log faster every time");
    }
    await new Promise((resolve) => setTimeout(resolve, Math.random() * wait));
  }
}

interface End {
  readonly nextSeq: number;
  readonly prevHash: string;
}

function behind({ eventHash, seq }: StoredRecord): End {
  return { nextSeq: seq + 1, prevHash: eventHash };
}

/** A log that has become shorter is another log: nothing in it is the attempt's. */
async function placeBefore(log: ServedLog, seq: number): Promise<End> {
  const prevHash = seq === 0 ? FIRST_PREV_HASH : await log.eventHash(seq - 1);
  return prevHash === undefined
    ? { nextSeq: 0, prevHash: FIRST_PREV_HASH }
    : { nextSeq: seq, prevHash };
}
