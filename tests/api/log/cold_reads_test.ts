import assert from "node:assert/strict";
import type { EventLog } from "../../../src/eventlog/event_log.ts";
import { FileLog } from "../../../src/eventlog/file_log.ts";
import type { OpenedLog } from "../../../src/eventlog/open_log.ts";
import { sampleEvent } from "../../eventlog/sample_events.ts";
import { get, serveLog } from "../log_endpoint.ts";

const EVENTS = 9_000;

Deno.test("many who read far into a log at once do not each verify it from its beginning", async () => {
  const seen: string[] = [];
  await using endpoint = await serveLog({ wrap: (opened) => watched(opened, seen) });
  await using log = new FileLog({ path: endpoint.path });
  await Promise.all(Array.from({ length: EVENTS }, (_, seq) => log.append(sampleEvent(seq))));
  const answers = await Promise.all(
    Array.from({ length: 8 }, (_, n) => get(endpoint, `events/${EVENTS - 1 - n}`)),
  );
  assert.deepEqual(answers.map(({ status }) => status), Array(8).fill(200));
  assert.deepEqual(seen.slice(0, 2), ["begin", "end"]);
  assert.equal((await get(endpoint, `events/${EVENTS}`)).status, 404);
});

/** The log; tells when somebody begins to read it, and ends. */
function watched(opened: OpenedLog, seen: string[]): OpenedLog {
  const { log } = opened;
  const read: EventLog["read"] = log.read.bind(log);
  return {
    ...opened,
    log: Object.assign(log, {
      async *read(...range: Parameters<EventLog["read"]>) {
        seen.push("begin");
        try {
          yield* read(...range);
        } finally {
          seen.push("end");
        }
      },
    }),
  };
}
