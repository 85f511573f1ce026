import assert from "node:assert/strict";
import { join } from "node:path";
import { appendRest, countPresent, verifySource } from "../../src/cli/log/import/transfer.ts";
import type { NewEvent } from "../../src/eventlog/event_log.ts";
import { FileLog } from "../../src/eventlog/file_log.ts";
import { JsonNumber } from "../../src/eventlog/json.ts";
import { chain, FIRST_PREV_HASH, LARGEST_RECORD, recordText } from "../../src/eventlog/record.ts";
import { inDirectory } from "./holdfast.ts";
import { keptLog } from "./log_directory.ts";

const EVENT: NewEvent = {
  type: "T",
  aggregateId: "a",
  ts: new JsonNumber("1"),
  payload: null,
  hashVersion: "v2",
};

/** Runs a test with a log to import, and an empty one to import it into. */
async function withLogs(run: (source: FileLog, target: FileLog) => Promise<void>): Promise<void> {
  await inDirectory(async (directory) => {
    await using source = new FileLog({ path: keptLog("log-mixed") });
    await using target = new FileLog({ path: join(directory, "events.jsonl") });
    await run(source, target);
  });
}

const ignore = () => {};

Deno.test("an import stops where somebody else has appended meanwhile, and writes no more", async () => {
  await withLogs(async (source, target) => {
    assert.equal(await countPresent(source, target), 0);
    await target.append(EVENT);
    await assert.rejects(
      appendRest(source, target, { present: 0, atOnce: 16, onRecord: ignore }),
      /^Error: seq 0: somebody else has appended: the log ends with [0-9a-f]{64}$/,
    );
    assert.equal((await target.head()).nextSeq, 1);
  });
});

Deno.test("an import tells of each event once it is in the log", async () => {
  await withLogs(async (source, target) => {
    const told: number[] = [];
    const onRecord = ({ seq }: { readonly seq: number }) => told.push(seq);
    assert.equal(await appendRest(source, target, { present: 0, atOnce: 16, onRecord }), 40);
    assert.deepEqual(told, [...Array(40).keys()]);
    assert.deepEqual(await target.head(), await verifySource(source));
    assert.equal(await countPresent(source, target), 40);
  });
});

Deno.test("a log that goes on behind what is imported has all of it", async () => {
  await withLogs(async (source, target) => {
    await appendRest(source, target, { present: 0, atOnce: 16, onRecord: ignore });
    await target.append(EVENT);
    assert.equal(await countPresent(source, target), 40);
  });
});

Deno.test("a record that is too long for a log keeps all from being imported", async () => {
  await inDirectory(async (directory) => {
    const path = join(directory, "long.jsonl");
    const payload = "x".repeat(LARGEST_RECORD);
    const record = chain(FIRST_PREV_HASH, { ...EVENT, payload, meta: {}, seq: 0 });
    await Deno.writeTextFile(path, `${recordText(record)}\n`);
    await using source = new FileLog({ path });
    assert.deepEqual(await source.head(), { nextSeq: 1, prevHash: record.eventHash });
    await assert.rejects(
      verifySource(source),
      /seq 0: .* at most 65535 can be kept; nothing was imp/,
    );
  });
});
