import assert from "node:assert/strict";
import { join } from "node:path";
import type { BackendKey } from "../../src/backends/backend.ts";
import { DiskBackend } from "../../src/backends/disk.ts";
import { DiskLayout } from "../../src/backends/disk_layout.ts";
import { compareBytes, listObjects } from "../../src/backends/disk_list.ts";
import { keyOf, readAll, rejectsWith, sampleBytes, streamed, testContract } from "./contract.ts";

async function withDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

async function withBackend(
  run: (backend: DiskBackend, directory: string) => Promise<void>,
): Promise<void> {
  await withDirectory(async (directory) => {
    const backend = new DiskBackend("disk", directory);
    await backend.check();
    try {
      await run(backend, directory);
    } finally {
      await backend.close();
    }
  });
}

/** Paths of all files below a directory, relative to it. */
async function filesBelow(directory: string): Promise<string[]> {
  const paths: string[] = [];
  for await (const entry of Deno.readDir(directory)) {
    if (!entry.isDirectory) paths.push(entry.name);
    else {for (const path of await filesBelow(join(directory, entry.name))) {
        paths.push(`${entry.name}/${path}`);
      }}
  }
  return paths;
}

Deno.test("DiskBackend fulfils the contract of a backend", (test) =>
  withDirectory(async (directory) => {
    const backend = new DiskBackend("disk", join(directory, "made"));
    await testContract(test, backend);
    await backend.close();
  }));

Deno.test("DiskBackend keeps what it stored for the process after it", () =>
  withDirectory(async (directory) => {
    const first = new DiskBackend("disk", directory);
    await first.put(keyOf("a"), sampleBytes(100_000), 100_000);
    const uploadId = await first.createUpload(keyOf("b"));
    const part = await first.putPart(keyOf("b"), uploadId, 1, sampleBytes(50), 50);
    await first.close();
    const second = new DiskBackend("disk", directory);
    await second.completeUpload(keyOf("b"), uploadId, [{ partNumber: 1, etag: part.etag }]);
    assert.deepEqual(await readAll(await second.get(keyOf("a"))), sampleBytes(100_000));
    assert.deepEqual(await readAll(await second.get(keyOf("b"))), sampleBytes(50));
    await second.close();
  }));

Deno.test("DiskBackend lets no key out of its directory, nor into the way of another", () =>
  withBackend(async (backend, directory) => {
    const keys = [
      "../../escaped",
      "/etc/escaped",
      "a",
      "a/",
      "a/b",
      "a//b",
      "A",
      ".",
      "..",
      "a/../b",
      "\\",
      "x".repeat(1024),
      "é".normalize("NFC"),
      "é".normalize("NFD"),
    ].map(keyOf);
    for (const key of keys) await backend.put(key, new TextEncoder().encode(key), undefined);
    for (const key of keys) {
      assert.deepEqual(await readAll(await backend.get(key)), new TextEncoder().encode(key));
    }
    const outside = (await filesBelow(directory)).filter((path) => path.startsWith("objects/"));
    assert.equal(outside.length, keys.length);
    for (const path of outside) assert.match(path, /^objects\/[0-9a-f]{2}\/[0-9a-f]{64}$/);
  }));

Deno.test("DiskBackend refuses a key that is empty or longer than 1,024 bytes", () =>
  withBackend(async (backend) => {
    for (const key of ["", "x".repeat(1025), "é".repeat(513)]) {
      await rejectsWith("rejected", backend.put(keyOf(key), sampleBytes(1), 1));
      await rejectsWith("rejected", backend.createUpload(keyOf(key)));
    }
  }));

Deno.test("DiskBackend leaves no file behind when a write fails", () =>
  withBackend(async (backend, directory) => {
    const before = (await filesBelow(directory)).toSorted();
    const fault = new Error("broken off");
    const content = () => streamed(sampleBytes(300_000), undefined, fault);
    await assert.rejects(backend.put(keyOf("a"), content(), undefined), fault);
    await assert.rejects(backend.put(keyOf("a"), sampleBytes(3), 4));
    await assert.rejects(backend.copy(keyOf("a"), keyOf("b"), 1));
    const uploadId = await backend.createUpload(keyOf("c"));
    await assert.rejects(backend.putPart(keyOf("c"), uploadId, 1, content(), 400_000), fault);
    await backend.abortUpload(keyOf("c"), uploadId);
    assert.deepEqual((await filesBelow(directory)).toSorted(), before);
  }));

Deno.test("DiskBackend frees parts that do not count once an upload is complete", () =>
  withBackend(async (backend, directory) => {
    const key = keyOf("a");
    const uploadId = await backend.createUpload(key);
    for (const seed of [1, 2]) await backend.putPart(key, uploadId, 1, sampleBytes(9, seed), 9);
    const { etag } = await backend.putPart(key, uploadId, 2, sampleBytes(9, 3), 9);
    await backend.putPart(key, uploadId, 3, sampleBytes(9, 4), 9);
    await backend.completeUpload(key, uploadId, [{ partNumber: 2, etag }]);
    const files = (await filesBelow(join(directory, "objects"))).map((path) => path.split("/")[2]);
    assert.deepEqual(files.toSorted(), [`2-${etag}`, "parts"]);
    assert.deepEqual(await filesBelow(join(directory, "uploads")), []);
    await backend.delete([key]);
    assert.deepEqual(await filesBelow(join(directory, "objects")), []);
  }));

Deno.test("DiskBackend frees an attempt at a part that is said to be replaced, and no other", () =>
  withBackend(async (backend, directory) => {
    const key = keyOf("parts");
    const uploadId = await backend.createUpload(key);
    const first = await backend.putPart(key, uploadId, 1, sampleBytes(10, 1), 10);
    const second = await backend.putPart(key, uploadId, 1, sampleBytes(10, 2), 10);
    await backend.forgetPart(key, uploadId, 1, first.etag);
    await backend.forgetPart(key, uploadId, 1, first.etag);
    const held = [...Deno.readDirSync(`${directory}/uploads/${uploadId}`)];
    assert.deepEqual(held.map((entry) => entry.name), [`1-${second.etag}`]);
  }));

Deno.test("DiskBackend takes an upload id for the key it was made for only", () =>
  withBackend(async (backend) => {
    const uploadId = await backend.createUpload(keyOf("a"));
    for (
      const [key, id] of [["b", uploadId], ["a", "../objects"], ["a", ""], ["a", `${uploadId}/..`]]
    ) {
      await rejectsWith("not-found", backend.putPart(keyOf(key), id, 1, sampleBytes(1), 1));
      await rejectsWith("not-found", backend.completeUpload(keyOf(key), id, []));
      await backend.abortUpload(keyOf(key), id);
    }
    await backend.putPart(keyOf("a"), uploadId, 1, sampleBytes(1), 1);
  }));

Deno.test("DiskBackend removes what a dead process left, and nothing of one that lives", () =>
  withBackend(async (living, directory) => {
    const { staging } = new DiskLayout(directory);
    await Deno.mkdir(join(staging, "dead"));
    await Deno.writeTextFile(join(staging, "dead", "half written"), "…");
    await Deno.writeTextFile(join(staging, "dead.lock"), "");
    let starting: Promise<void> | undefined;
    const other = new DiskBackend("other", directory);
    const content = async function* () {
      yield sampleBytes(10);
      starting = other.check();
      await starting;
      yield sampleBytes(10);
    };
    await living.put(keyOf("a"), content(), 20);
    assert(starting);
    const names = (await Array.fromAsync(Deno.readDir(staging))).map((entry) => entry.name);
    assert.equal(names.length, 4, "a directory and a lock for each of the two that live");
    assert(!names.some((name) => name.startsWith("dead")));
    await other.close();
  }));

Deno.test("DiskBackend says of a damaged file that it is damaged", () =>
  withBackend(async (backend, directory) => {
    await backend.put(keyOf("a"), sampleBytes(500_000), 500_000);
    const [path] = await filesBelow(join(directory, "objects"));
    const file = join(directory, "objects", path);
    await Deno.truncate(file, 400_000);
    await assert.rejects(readAll(await backend.get(keyOf("a"))), /damaged/);
    await Deno.truncate(file, 10);
    await rejectsWith("rejected", backend.get(keyOf("a")));
  }));

Deno.test("DiskBackend can be used once its directory can", () =>
  withDirectory(async (directory) => {
    const path = join(directory, "later");
    await Deno.writeTextFile(path, "a file is in the way");
    const backend = new DiskBackend("disk", path);
    await rejectsWith("unavailable", backend.check());
    await Deno.remove(path);
    await backend.check();
    await backend.close();
  }));

Deno.test("listObjects finds the same whatever it may hold in memory", () =>
  withBackend(async (backend, directory) => {
    const keys = Array.from({ length: 53 }, (_, index) => `${index % 7}/${index}` as BackendKey);
    for (const key of keys) await backend.put(key, sampleBytes(1), 1);
    for (const window of [1, 7, 52, 53, 54, 1_000]) {
      const pages = listObjects(new DiskLayout(directory), "", "", 10, undefined, window);
      const listed = (await Array.fromAsync(pages)).flat().map((file) => file.key);
      assert.deepEqual(listed, keys.toSorted(compareBytes), `${window}`);
    }
  }));
