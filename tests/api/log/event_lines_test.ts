import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { EventLog, ReadRange } from "../../../src/eventlog/event_log.ts";
import { FileLog } from "../../../src/eventlog/file_log.ts";
import type { OpenedLog } from "../../../src/eventlog/open_log.ts";
import { sampleEvent } from "../../eventlog/sample_events.ts";
import { type LogEndpoint, serveLog } from "../log_endpoint.ts";

/** Together many times what is sent at once, or waits in buffers on the way. */
const [EVENTS, BYTES] = [200, 60_000];

/** Milliseconds. */
const PATIENCE = 500;

const LINES = { accept: "application/x-ndjson" };

/** How often a log is being read. */
class Reads {
  begun = 0;
  ended = 0;

  /** The log, whose reading is counted. */
  of(opened: OpenedLog): OpenedLog {
    const { log } = opened;
    return { ...opened, log: Object.assign(log, { read: this.#counted(log.read.bind(log)) }) };
  }

  #counted(read: EventLog["read"]): EventLog["read"] {
    const begin = () => this.begun++;
    const end = () => this.ended++;
    return async function* (range?: ReadRange) {
      begin();
      try {
        yield* read(range);
      } finally {
        end();
      }
    };
  }

  /** Whether all of them end, which may take a moment. */
  async areOver(): Promise<boolean> {
    for (let looks = 0; looks < 500 && this.ended < this.begun; looks++) await sleep(10);
    return this.ended === this.begun;
  }
}

/** Ways to ask for lines and not take them. */
const GIVEN_UP: Readonly<Record<string, (endpoint: LogEndpoint) => Promise<void>>> = {
  "only the headers were asked for": async ({ url }) => {
    const { body, status } = await fetch(`${url}/events`, { method: "HEAD", headers: LINES });
    assert.equal(status, 200);
    assert.equal(body, null);
  },
  "who asked for it leaves": async ({ url }) => {
    const { body, status } = await fetch(`${url}/events`, { headers: LINES });
    assert.equal(status, 200);
    await body?.cancel();
  },
  "who asked for it takes nothing more": async ({ url }) => {
    const { body } = await fetch(`${url}/events`, { headers: LINES });
    const reader = body?.getReader();
    await reader?.read();
    await sleep(4 * PATIENCE);
    await assert.rejects(async () => {
      while ((await reader?.read())?.done === false);
    });
  },
};

for (const [when, giveUp] of Object.entries(GIVEN_UP)) {
  Deno.test(`a log is not kept open when ${when}`, async () => {
    const reads = new Reads();
    await using endpoint = await serveLog({
      stallTimeout: PATIENCE,
      wrap: (opened) => reads.of(opened),
    });
    await using log = new FileLog({ path: endpoint.path });
    const payload = "x".repeat(BYTES);
    await Promise.all(
      Array.from({ length: EVENTS }, (_, seq) => log.append({ ...sampleEvent(seq), payload })),
    );
    await giveUp(endpoint);
    assert.equal(await reads.areOver(), true);
    assert.equal(reads.begun, 1);
  });
}
