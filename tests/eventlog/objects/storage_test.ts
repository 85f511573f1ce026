import assert from "node:assert/strict";
import { BackendError } from "../../../src/backends/backend.ts";
import { LogStoreError } from "../../../src/eventlog/log_objects.ts";
import { StorageObjects } from "../../../src/eventlog/objects/storage.ts";
import type { Storage } from "../../../src/storage/storage.ts";
import { logPutErrorsTotal } from "../../../src/telemetry/metrics.ts";
import { openStorage, overriding, read } from "../../harness/storage.ts";

const BYTES = new TextEncoder().encode("{}");

/** The storage, with answers to writes that are lost so often. */
function losingAnswers(storage: Storage, times: number): Storage {
  let left = times;
  return new Proxy(storage, {
    get(target, name) {
      const value = Reflect.get(target, name);
      if (typeof value !== "function") return value;
      if (name !== "putObject") return value.bind(target);
      return async (...args: unknown[]) => {
        const stored = await Reflect.apply(value, target, args);
        if (left-- > 0) throw new Error("the connection to the database was lost");
        return stored;
      };
    },
  });
}

Deno.test("an object in Holdfast's storage is known again when the answer was lost", async () => {
  await using fixture = await openStorage();
  for (const times of [1, 3, 9]) {
    const objects = new StorageObjects(losingAnswers(fixture.storage, times), "b");
    const key = `log/${times}`;
    assert.equal(await objects.create(key, BYTES, "application/json"), true);
    const there = await objects.get(key);
    assert(there);
    assert.equal(await objects.replace(key, BYTES, "application/json", there.etag), true);
    assert.equal(await objects.create(key, BYTES, "application/json"), false);
    assert.deepEqual(await read(fixture.storage, key), BYTES);
  }
});

Deno.test("a write to Holdfast's storage is tried again while a backend fails", async () => {
  let failures = 2;
  await using fixture = await openStorage({
    wrap: (backend) =>
      overriding(backend, {
        put: (...args) =>
          failures-- > 0
            ? Promise.reject(new BackendError("unavailable", backend.name, "not now"))
            : backend.put(...args),
      }),
  });
  const objects = new StorageObjects(fixture.storage, "b");
  assert.equal(await objects.create("log/a", BYTES, "application/json"), true);
  assert.deepEqual(await read(fixture.storage, "log/a"), BYTES);
});

Deno.test("a bucket that is not there is told as such, and counted", async () => {
  await using fixture = await openStorage();
  const objects = new StorageObjects(fixture.storage, "nowhere");
  const isTold = (error: unknown) =>
    error instanceof LogStoreError && error.type === "NoSuchBucket" &&
    error.message.startsWith("s3://nowhere/log");
  await assert.rejects(objects.get("log/a"), isTold);
  await assert.rejects(objects.has("log/a"), isTold);
  await assert.rejects(Array.fromAsync(objects.list("log/")), isTold);
  const before = await missing();
  await assert.rejects(objects.create("log/a", BYTES, "application/json"), isTold);
  assert.equal(await missing() - before, 1);
});

async function missing(): Promise<number> {
  const { values } = await logPutErrorsTotal.get();
  return values.find(({ labels }) => labels.error_type === "NoSuchBucket")?.value ?? 0;
}
