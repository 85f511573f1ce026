import assert from "node:assert/strict";
import { setBucketPolicy } from "../../src/metadata/buckets.ts";
import { BucketDirectory, TRUSTED_FOR } from "../../src/storage/bucket_directory.ts";
import { openStorage } from "../harness/storage.ts";

/** A directory whose clock the test turns. */
async function openDirectory() {
  const fixture = await openStorage();
  let now = 0;
  return {
    fixture,
    directory: new BucketDirectory(fixture.sql, () => now),
    pass: (milliseconds: number) => void (now += milliseconds),
    [Symbol.asyncDispose]: () => fixture[Symbol.asyncDispose](),
  };
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  while (!await holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

Deno.test("what was read of a bucket is believed for less than a second", async () => {
  assert.ok(TRUSTED_FOR < 1_000);
  await using opened = await openDirectory();
  const { directory, fixture, pass } = opened;
  assert.equal((await directory.find("b"))?.policy, undefined);
  await setBucketPolicy(fixture.sql, "b", "changed by another process");
  pass(100);
  assert.equal((await directory.find("b"))?.policy, undefined);
  pass(TRUSTED_FOR - 100);
  assert.equal((await directory.find("b"))?.policy, "changed by another process");
});

Deno.test("a bucket in use is read again beside the requests", async () => {
  await using opened = await openDirectory();
  const { directory, fixture, pass } = opened;
  await directory.find("b");
  await setBucketPolicy(fixture.sql, "b", "new");
  pass(TRUSTED_FOR - 1);
  // Nobody waits for the reading that this begins.
  assert.equal((await directory.find("b"))?.policy, undefined);
  await eventually(async () => (await directory.find("b"))?.policy === "new");
});

Deno.test("what is being read while a bucket is forgotten is not remembered", async () => {
  await using opened = await openDirectory();
  const { directory, fixture } = opened;
  const early = directory.find("b");
  directory.forget("b");
  await setBucketPolicy(fixture.sql, "b", "new");
  await early;
  assert.equal((await directory.find("b"))?.policy, "new");
});

Deno.test("a bucket that did not change stays the same object", async () => {
  await using opened = await openDirectory();
  const { directory, fixture, pass } = opened;
  const first = await directory.find("b");
  pass(TRUSTED_FOR);
  assert.equal(await directory.find("b"), first);
  await setBucketPolicy(fixture.sql, "b", "new");
  pass(TRUSTED_FOR);
  assert.notEqual(await directory.find("b"), first);
});

Deno.test("a directory that cannot read does not go on with what it knew", async () => {
  await using opened = await openDirectory();
  const { fixture } = opened;
  let isDown = false;
  const sql = new Proxy(fixture.sql, {
    apply: (target, self, args) => {
      if (isDown) throw new Error("the database is down");
      return Reflect.apply(target, self, args);
    },
  });
  let now = 0;
  const directory = new BucketDirectory(sql, () => now);
  await directory.find("b");
  isDown = true;
  now += TRUSTED_FOR - 1;
  assert.equal((await directory.find("b"))?.name, "b");
  now += 1;
  await assert.rejects(directory.find("b"), /the database is down/);
});

Deno.test("who asks later than a slow reading may be trusted reads for itself", async () => {
  await using fixture = await openStorage();
  const gate = Promise.withResolvers<void>();
  let readings = 0;
  const sql = new Proxy(fixture.sql, {
    apply: (target, self, args) => {
      const rows = Promise.resolve(Reflect.apply(target, self, args));
      readings++;
      return readings === 1 ? rows.then(async (old) => (await gate.promise, old)) : rows;
    },
  });
  let now = 0;
  const directory = new BucketDirectory(sql, () => now);
  const slow = directory.find("b");
  await eventually(() => Promise.resolve(readings === 1));
  await new Promise((resolve) => setTimeout(resolve, 100));
  await setBucketPolicy(fixture.sql, "b", "new");
  now += TRUSTED_FOR;
  assert.equal((await directory.find("b"))?.policy, "new");
  gate.resolve();
  assert.equal((await slow)?.policy, undefined);
  assert.equal((await directory.find("b"))?.policy, "new");
});
