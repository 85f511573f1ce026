import assert from "node:assert/strict";
import { chain, recordBytes } from "../../../src/eventlog/record.ts";
import { S3Log } from "../../../src/eventlog/s3_log.ts";
import { SigningKey } from "../../../src/eventlog/signing_key.ts";
import { publishedPosition } from "../../../src/eventlog/tlog/published_position.ts";
import { publish } from "../../../src/eventlog/tlog/publisher.ts";
import { TlogFault } from "../../../src/eventlog/tlog/tlog_fault.ts";
import { BEGINNING } from "../../../src/eventlog/verifier.ts";
import { counted } from "../counted_objects.ts";
import { DIRECTORY, type ObjectStore } from "../object_stores.ts";
import { fill, sampleEvent } from "../sample_events.ts";

const ORIGIN = "example.com/log";
const KEY = SigningKey.generate();
const PREFIX = "events";

/** A log of 300 events, all of them published, and 5 more. */
async function published(store: ObjectStore): Promise<void> {
  const objects = store.open();
  await using log = new S3Log({ objects, prefix: PREFIX });
  await fill(log, 300);
  await publish({ log, objects, prefix: PREFIX, origin: ORIGIN, key: KEY });
  await fill(log, 5);
}

function openTrusting(store: ObjectStore) {
  const { objects, requests } = counted(store.open());
  const trusted = () => publishedPosition({ objects, prefix: PREFIX }, ORIGIN, KEY.publicKey);
  return { log: new S3Log({ objects, prefix: PREFIX, trusted }), requests };
}

Deno.test("appending reads only what was not published, and what tells what was", async () => {
  await using store = await DIRECTORY.start();
  await published(store);
  const { log, requests } = openTrusting(store);
  const appended = await log.append(sampleEvent(305));
  assert.equal(appended.kind === "committed" && appended.record.event.seq, 305);
  assert.ok(requests.length < 40, `${requests.length} requests`);
});

Deno.test("a log that is not the one that was published is not appended to", async () => {
  await using store = await DIRECTORY.start();
  await published(store);
  const other = chain("a".repeat(64), { meta: {}, ...sampleEvent(7), seq: 299 });
  await store.put(`${PREFIX}/0000000299.json`, recordBytes(other));
  const { log } = openTrusting(store);
  await assert.rejects(log.append(sampleEvent(305)), { kind: "event_hash", seq: 299 });
});

Deno.test("nothing is trusted where nothing is published, and no other key", async () => {
  await using store = await DIRECTORY.start();
  const objects = store.open();
  const position = (key: SigningKey, origin = ORIGIN) =>
    publishedPosition({ objects, prefix: PREFIX }, origin, key.publicKey);
  assert.equal(await position(KEY), BEGINNING);
  await published(store);
  assert.equal((await position(KEY)).nextSeq, 300);
  await assert.rejects(position(SigningKey.generate()), TlogFault);
  await assert.rejects(position(KEY, "example.com/other"), TlogFault);
});
