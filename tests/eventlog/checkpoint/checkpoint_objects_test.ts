import assert from "node:assert/strict";
import { CheckpointStore } from "../../../src/eventlog/checkpoint/checkpoint_store.ts";
import { createCheckpoint } from "../../../src/eventlog/checkpoint/create_checkpoint.ts";
import { universeReducer } from "../../../src/eventlog/checkpoint/universe_reducer.ts";
import { verifyFull } from "../../../src/eventlog/checkpoint/verify_checkpoint.ts";
import { S3Log } from "../../../src/eventlog/s3_log.ts";
import { SigningKey } from "../../../src/eventlog/signing_key.ts";
import { counted } from "../counted_objects.ts";
import { DIRECTORY, ENDPOINT, STORAGE } from "../object_stores.ts";
import { fill } from "../sample_events.ts";

const PREFIX = "kept/log";

for (const kind of [DIRECTORY, STORAGE, ENDPOINT]) {
  Deno.test(`checkpoints of a log of objects in ${kind.name} are kept beside it, once each`, async () => {
    await using at = await kind.start();
    const objects = at.open();
    await using log = new S3Log({ objects, prefix: PREFIX });
    const store = new CheckpointStore(objects, PREFIX);
    const key = SigningKey.generate();
    const goOn = { store, publicKey: key.publicKey };
    assert.deepEqual(await store.list(), []);
    for (const events of [9, 2]) {
      await fill(log, events);
      const made = await createCheckpoint({ log, key, goOn });
      assert.equal((await store.save(made)).kind, "saved");
      assert.equal((await store.save(made)).kind, "present");
      const others = await createCheckpoint({ log, key: SigningKey.generate() });
      assert.equal((await store.save(others)).kind, "occupied");
    }
    const indexes = (await store.list()).map(({ eventIndex }) => eventIndex);
    assert.deepEqual(indexes, [8, 10]);
    const latest = await store.latestVerified(key.publicKey, log);
    assert.equal(latest?.eventIndex, 10);
    const against = { log, reducer: universeReducer };
    assert.deepEqual(latest && await verifyFull(latest, key.publicKey, against), { ok: true });

    // Whoever rolls the log back has a checkpoint too many.
    await at.remove(`${PREFIX}/0000000010.json`);
    await at.remove(`${PREFIX}/0000000009.json`);
    await using rolledBack = new S3Log({ objects: at.open(), prefix: PREFIX });
    const left = await store.latestVerified(key.publicKey, rolledBack);
    assert.equal(left?.eventIndex, 8);
    const verdict = latest &&
      await verifyFull(latest, key.publicKey, { ...against, log: rolledBack });
    assert.equal(verdict?.ok === false && verdict.fault.check, "log");
  });
}

Deno.test("a checkpoint reads no event before the last one's, however many there are", async () => {
  await using at = await DIRECTORY.start();
  const key = SigningKey.generate();
  const store = new CheckpointStore(at.open(), PREFIX);
  await using log = new S3Log({ objects: at.open(), prefix: PREFIX });
  await fill(log, 200);
  await store.save(await createCheckpoint({ log, key }));
  await fill(log, 3);
  const { objects, requests } = counted(at.open());
  await using later = new S3Log({ objects, prefix: PREFIX });
  const goOn = { store, publicKey: key.publicKey };
  const { eventIndex } = await createCheckpoint({ log: later, key, goOn });
  assert.equal(eventIndex, 202);
  const got = requests.filter(({ method }) => method === "get").map(({ key }) => key).sort();
  assert.equal(got[0], `${PREFIX}/0000000199.json`);
});
