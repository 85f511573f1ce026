import assert from "node:assert/strict";
import { DIRECTORY, ENDPOINT, STORAGE } from "../object_stores.ts";

const text = (bytes: Uint8Array | undefined) => bytes && new TextDecoder().decode(bytes);
const bytes = (content: string) => new TextEncoder().encode(content);

for (const kind of [DIRECTORY, STORAGE, ENDPOINT]) {
  Deno.test(`objects in ${kind.name}`, async (t) => {
    await using store = await kind.start();
    const objects = store.open();

    await t.step("what is not there is absent, and no error", async () => {
      assert.equal(await objects.get("log/nothing.json"), undefined);
      assert.equal(await objects.has("log/nothing.json"), false);
      assert.deepEqual(await Array.fromAsync(objects.list("log/")), []);
    });

    await t.step("create() writes once", async () => {
      assert.equal(await objects.create("log/a.json", bytes("first"), "application/json"), true);
      assert.equal(await objects.create("log/a.json", bytes("again"), "application/json"), false);
      assert.equal(text((await objects.get("log/a.json"))?.bytes), "first");
      assert.equal(await objects.has("log/a.json"), true);
    });

    await t.step("create() lets one of many win", async () => {
      const others = Array.from({ length: 8 }, () => store.open());
      const won = await Promise.all(
        others.map((other, index) =>
          other.create("log/contested", bytes(String(index)), "text/plain; charset=utf-8")
        ),
      );
      assert.equal(won.filter(Boolean).length, 1);
      assert.equal(text((await objects.get("log/contested"))?.bytes), String(won.indexOf(true)));
    });

    await t.step("replace() replaces what was read, and nothing else", async () => {
      const read = await objects.get("log/a.json");
      assert(read);
      const replace = (content: string) =>
        objects.replace("log/a.json", bytes(content), "application/json", read.etag);
      assert.equal(await replace("second"), true);
      assert.equal(await replace("third"), false);
      assert.equal(text((await objects.get("log/a.json"))?.bytes), "second");
      await store.remove("log/a.json");
      assert.equal(await replace("fourth"), false);
      assert.equal(await objects.has("log/a.json"), false);
    });

    await t.step("bytes come back as they were, also none and many", async () => {
      const many = crypto.getRandomValues(new Uint8Array(65_536));
      for (const [key, content] of [["log/none", new Uint8Array()], ["log/many", many]] as const) {
        await objects.create(key, content, "application/octet-stream");
        assert.deepEqual(new Uint8Array((await objects.get(key))?.bytes ?? [1]), content);
      }
    });

    await t.step("list() gives keys in their order, from anywhere, page by page", async () => {
      const keys = Array.from({ length: 1_100 }, (_, i) => `many/${String(i).padStart(5, "0")}`);
      for (let at = 0; at < keys.length; at += 50) {
        await Promise.all(keys.slice(at, at + 50).map((key) => store.put(key, bytes(key))));
      }
      assert.deepEqual(await Array.fromAsync(objects.list("many/")), keys);
      assert.deepEqual(
        await Array.fromAsync(objects.list("many/", "many/01090")),
        keys.slice(1_091),
      );
      assert.deepEqual(await Array.fromAsync(objects.list("many/0109")), keys.slice(1_090));
    });
  });
}
