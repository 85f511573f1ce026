import assert from "node:assert/strict";
import { type Backend, BackendError } from "../../src/backends/backend.ts";
import { LocalStore } from "../../src/objectstore/local.ts";
import type { ObjectStoreErrorKind } from "../../src/objectstore/object_store_error.ts";
import { openStorage, overriding } from "../harness/storage.ts";
import { bytes, fault, noise, streamed, text } from "./bytes.ts";
import { QUICK } from "./stores.ts";

/** Runs with a store whose backend fails to write as often as it is said. */
async function failing(
  failures: number,
  error: BackendError,
  run: (store: LocalStore, puts: () => number) => Promise<void>,
): Promise<void> {
  let puts = 0;
  const wrap = (backend: Backend) =>
    overriding(backend, {
      put: (...call) => ++puts <= failures ? Promise.reject(error) : backend.put(...call),
    });
  await using fixture = await openStorage({ wrap });
  const { storage } = fixture;
  await run(new LocalStore({ storage, bucket: "b", region: "local", retry: QUICK }), () => puts);
}

Deno.test("a backend that fails for a while is waited for", async () => {
  const error = new BackendError("unavailable", "disk0", "later");
  await failing(2, error, async (store, puts) => {
    await store.putObject("key", bytes("content"), { ifAbsent: true });
    assert.equal(text((await store.getObject("key")).bytes), "content");
    assert.equal(puts(), 3);
  });
});

Deno.test("a backend that fails is told of with the code that clients hear, and the cause", async () => {
  const error = new BackendError("unavailable", "disk0", "later");
  await failing(Infinity, error, async (store, puts) => {
    await assert.rejects(store.putObject("key", bytes("x")), {
      ...fault("Throttled", "SlowDown"),
      message: /^s3:\/\/b\/key: SlowDown: /,
    });
    assert.equal(puts(), 3);
    assert.equal(await store.objectExists("key"), false);
  });
});

Deno.test("a quota that is used up is not waited for", async () => {
  await using fixture = await openStorage({ quotas: [1_000] });
  const { storage } = fixture;
  const slow = { attempts: 3, leastDelay: 1e6, mostDelay: 1e6 };
  const store = new LocalStore({ storage, bucket: "b", region: "local", retry: slow });
  const full = fault("Refused" satisfies ObjectStoreErrorKind, "InsufficientStorage");
  await assert.rejects(store.putObject("key", noise(1_001)), full);
  await assert.rejects(store.multipartUpload("key", streamed(noise(1_001))), full);
  assert.equal(await store.abortMultipartUploads("key"), 0);
  await store.putObject("key", noise(1_000));
});

Deno.test("without a key, or an address, there are no URLs", async () => {
  await using fixture = await openStorage();
  const { storage } = fixture;
  const credentials = { accessKeyId: "key", secretAccessKey: "secret" };
  const cases = [{}, { credentials }, { endpoint: "http://127.0.0.1:9000" }];
  for (const options of cases) {
    const store = new LocalStore({ storage, bucket: "b", region: "local", ...options });
    const wanted = { expiresIn: 60 };
    await assert.rejects(store.generatePresignedUrl("GET", "key", wanted), fault("Refused"));
    await assert.rejects(store.generatePresignedPost("key", wanted), fault("Refused"));
  }
});
