import assert from "node:assert/strict";
import { join } from "node:path";
import { CheckpointStore } from "../../../src/eventlog/checkpoint/checkpoint_store.ts";
import {
  checkpointText,
  CheckpointTextError,
  readCheckpoint,
} from "../../../src/eventlog/checkpoint/checkpoint_text.ts";
import {
  signCheckpoint,
  type StateCheckpoint,
} from "../../../src/eventlog/checkpoint/state_checkpoint.ts";
import { DirectoryObjects } from "../../../src/eventlog/objects/directory.ts";
import { ObjectTooLargeError } from "../../../src/eventlog/objects/object_size.ts";
import { SigningKey } from "../../../src/eventlog/signing_key.ts";
import {
  CHECKPOINT_NAMES,
  KNOWN,
  knownCheckpoint,
  knownKey,
  knownLog,
} from "./known_checkpoints.ts";

/** A store in a directory of its own. */
async function place() {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-checkpoints-" });
  return {
    directory,
    store: new CheckpointStore(new DirectoryObjects(directory), "log"),
    write: async (name: string, text: string) => {
      await Deno.mkdir(join(directory, "log"), { recursive: true });
      await Deno.writeTextFile(join(directory, "log", name), text);
    },
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
}

/** The checkpoint of Python at 9, with something else in it, and signed again. */
function resigned(changed: Partial<StateCheckpoint>, key = knownKey()): StateCheckpoint {
  return signCheckpoint({ ...readCheckpoint(knownCheckpoint(9)), ...changed }, key);
}

Deno.test("a checkpoint is kept under the name that existing operators give it, as they write it", async () => {
  await using at = await place();
  const checkpoint = readCheckpoint(knownCheckpoint(9));
  const key = `log/${CHECKPOINT_NAMES[9]}`;
  assert.deepEqual(await at.store.save(checkpoint), { kind: "saved", key });
  assert.equal(await Deno.readTextFile(join(at.directory, key)), knownCheckpoint(9));
  assert.deepEqual(await at.store.save(checkpoint), { kind: "present", key });
});

Deno.test("a checkpoint is never overwritten", async () => {
  await using at = await place();
  await at.store.save(readCheckpoint(knownCheckpoint(9)));
  const other = resigned({}, SigningKey.generate());
  const key = `log/${CHECKPOINT_NAMES[9]}`;
  assert.deepEqual(await at.store.save(other), { kind: "occupied", key });
  assert.equal(await Deno.readTextFile(join(at.directory, key)), knownCheckpoint(9));
});

Deno.test("a checkpoint that nobody could read again is not kept", async () => {
  await using at = await place();
  const stateBytes = new Uint8Array(50 * 1_024 * 1_024);
  await assert.rejects(at.store.save(resigned({ stateBytes })), ObjectTooLargeError);
  assert.deepEqual(await at.store.list(), []);
});

Deno.test("one that is too large to be read keeps none from being found", async () => {
  await using at = await place();
  await at.write(CHECKPOINT_NAMES[9], knownCheckpoint(9));
  await at.write("cp_12_00000000.json", "too large");
  const objects = new DirectoryObjects(at.directory);
  const get = objects.get.bind(objects);
  objects.get = (key) =>
    key.includes("cp_12_") ? Promise.reject(new ObjectTooLargeError(key, 1e9)) : get(key);
  const store = new CheckpointStore(objects, "log");
  await using log = knownLog();
  const found = await store.latestVerified(knownKey().publicKey, log);
  assert.equal(found?.eventIndex, 9);
});

Deno.test("they are listed by the numbers of their events, and nothing else is", async () => {
  await using at = await place();
  for (const index of [9, 17, 1] as const) {
    await at.write(CHECKPOINT_NAMES[index], knownCheckpoint(index));
  }
  await at.write("cp_0000000002_51962dbd.json", "");
  await at.write("cp_2_51962dbd.json.bak", "");
  await at.write("0000000002.json", "");
  const listed = await at.store.list();
  assert.deepEqual(listed.map(({ eventIndex }) => eventIndex), [1, 9, 17]);
  assert.deepEqual(await at.store.latest(), listed[2]);
  assert.deepEqual(await at.store.latest(16), listed[1]);
  assert.equal(await at.store.latest(0), undefined);
});

Deno.test("one that is no checkpoint, or not the one of its name, is refused; one that is gone is not there", async () => {
  await using at = await place();
  await at.write("cp_1_51962dbd.json", "{}");
  await at.write("cp_2_b688f701.json", knownCheckpoint(9));
  const [broken, renamed] = await at.store.list();
  assert.ok(broken && renamed);
  await assert.rejects(at.store.read(broken), CheckpointTextError);
  await assert.rejects(at.store.read(renamed), /event_index must be 2, as the name says/);
  assert.equal(await at.store.read({ key: "log/cp_3_b688f701.json", eventIndex: 3 }), undefined);
});

/** What lies in front of the right checkpoint at 9, under which name. */
const IN_FRONT: readonly (readonly [string, string, () => string])[] = [
  ["is no checkpoint", "cp_17_575fd849.json", () => "{}"],
  [
    "another key signed",
    "cp_9_b688f702.json",
    () => checkpointText(resigned({}, SigningKey.generate())),
  ],
  [
    "another key signed under this key's name",
    "cp_9_b688f702.json",
    () => checkpointText({ ...resigned({}, SigningKey.generate()), pubkeyId: KNOWN.pubkey_id }),
  ],
  [
    "is of another log",
    "cp_9_bbbbbbbb.json",
    () => checkpointText(resigned({ eventHash: "b".repeat(64) })),
  ],
  [
    "is of an event that the log does not have yet",
    "cp_18_b688f701.json",
    () => checkpointText(resigned({ eventIndex: 18 })),
  ],
  [
    "is far beyond the log",
    "cp_9007199254740990_b688f701.json",
    () => checkpointText(resigned({ eventIndex: Number.MAX_SAFE_INTEGER - 1 })),
  ],
  ["has another state than was signed", "cp_17_575fd849.json", () =>
    checkpointText({
      ...readCheckpoint(knownCheckpoint(17)),
      stateBytes: new TextEncoder().encode("{}"),
    })],
];

for (const [what, name, text] of IN_FRONT) {
  Deno.test(`a newer checkpoint that ${what} does not hide the verified one`, async () => {
    await using at = await place();
    await at.write(CHECKPOINT_NAMES[1], knownCheckpoint(1));
    await at.write(CHECKPOINT_NAMES[9], knownCheckpoint(9));
    await at.write(name, text());
    await using log = knownLog();
    const latest = await at.store.latestVerified(knownKey().publicKey, log);
    assert.ok(latest);
    assert.equal(checkpointText(latest), knownCheckpoint(9));
  });
}

Deno.test("the latest verified one can be bounded, and asked more of", async () => {
  await using at = await place();
  for (const index of [9, 17, 1] as const) {
    await at.write(CHECKPOINT_NAMES[index], knownCheckpoint(index));
  }
  await using log = knownLog();
  const { publicKey } = knownKey();
  const bounded = await at.store.latestVerified(publicKey, log, { atOrBefore: 8 });
  assert.equal(bounded?.eventIndex, 1);
  const suits = ({ eventIndex }: StateCheckpoint) => eventIndex < 17;
  assert.equal((await at.store.latestVerified(publicKey, log, { suits }))?.eventIndex, 9);
  const { publicKey: other } = SigningKey.generate();
  assert.equal(await at.store.latestVerified(other, log), undefined);
});
