import assert from "node:assert/strict";
import type { ByteRange } from "../../src/objectstore/object_store.ts";
import { bytes, fault, MIB, noise, text } from "./bytes.ts";
import type { Case } from "./contract.ts";

/** Reading and deleting. */
export const readCases: readonly Case[] = [
  ["a range is read, with what is said of all of the object", async ({ store }) => {
    await store.putObject("ranges", bytes("0123456789"));
    const cases: readonly [ByteRange, string][] = [
      [{ start: 0, end: 0 }, "0"],
      [{ start: 2, end: 4 }, "234"],
      [{ start: 7 }, "789"],
      [{ start: 7, end: 100 }, "789"],
      [{ suffix: 3 }, "789"],
      [{ suffix: 100 }, "0123456789"],
    ];
    for (const [range, expected] of cases) {
      const read = await store.getObject("ranges", { range });
      assert.deepEqual([text(read.bytes), read.size], [expected, 10], JSON.stringify(range));
    }
    const none: readonly ByteRange[] = [
      { start: 10 },
      { start: 4, end: 2 },
      { start: -1 },
      { start: 0.5 },
      { suffix: 0 },
    ];
    for (const range of none) {
      await assert.rejects(
        store.getObject("ranges", { range }),
        fault("Refused", "InvalidRange"),
        JSON.stringify(range),
      );
    }
  }],
  ["an object is read on the condition that it is still the same", async ({ store }) => {
    const { etag } = await store.putObject("same", bytes("one"));
    assert.equal(text((await store.getObject("same", { ifMatch: etag })).bytes), "one");
    await store.putObject("same", bytes("two"));
    await assert.rejects(store.getObject("same", { ifMatch: etag }), fault("PreconditionFailed"));
  }],
  ["an object is read as a stream, of which nobody has to take all", async ({ store }) => {
    const content = noise(5 * MIB);
    await store.putObject("streamed", content);
    const whole = await store.getObjectStream("streamed");
    assert.equal(whole.size, content.length);
    assert.deepEqual(await new Response(whole.body).bytes(), content);
    const part = await store.getObjectStream("streamed", { range: { start: 5, end: 8 } });
    assert.deepEqual(await new Response(part.body).bytes(), content.slice(5, 9));
    const untouched = await store.getObjectStream("streamed");
    await untouched.body.cancel();
    const begun = await store.getObjectStream("streamed");
    for await (const chunk of begun.body) {
      assert.ok(chunk.length > 0);
      break;
    }
    const empty = await store.putObject("empty", new Uint8Array());
    const nothing = await store.getObjectStream("empty", { ifMatch: empty.etag });
    assert.equal((await new Response(nothing.body).bytes()).length, 0);
  }],
  ["reading ends when its reader gives up", async ({ store }) => {
    await store.putObject("long", noise(20 * MIB));
    const stop = new AbortController();
    const reason = new Error("enough");
    const { body } = await store.getObjectStream("long", { signal: stop.signal });
    const reading = (async () => {
      for await (const _chunk of body) stop.abort(reason);
    })();
    await assert.rejects(reading, (error) => error === reason);
  }],
  ["what is not there is told as such, and its deletion is no fault", async ({ store }) => {
    const absent = fault("NotFound");
    await assert.rejects(store.getObject("nothing"), absent);
    await assert.rejects(store.getObjectStream("nothing"), absent);
    await assert.rejects(store.getObjectMetadata("nothing"), absent);
    await assert.rejects(store.copyObject("nothing", "anywhere"), absent);
    assert.equal(await store.objectExists("nothing"), false);
    await store.deleteObject("nothing");
    assert.deepEqual(await store.deleteObjects(["nothing"]), { deleted: 1, errors: [] });
  }],
  ["an object that is deleted is gone", async ({ store }) => {
    await store.putObject("brief", bytes("x"));
    assert.equal(await store.objectExists("brief"), true);
    await store.deleteObject("brief");
    assert.equal(await store.objectExists("brief"), false);
  }],
  ["any number of objects is deleted, but for keys that are none", async ({ store }) => {
    const keys = Array.from({ length: 2_100 }, (_, index) => `many/${index}`);
    for (let at = 0; at < 40; at++) await store.putObject(keys[at * 50], bytes("x"));
    async function* wanted() {
      yield* keys;
      yield "k".repeat(1_025);
    }
    const { deleted, errors } = await store.deleteObjects(wanted());
    assert.equal(deleted, 2_100);
    assert.deepEqual(errors.map(({ code }) => code), ["KeyTooLongError"]);
    assert.deepEqual(await Array.fromAsync(store.listObjects({ prefix: "many/" })), []);
    assert.deepEqual(await store.deleteObjects([]), { deleted: 0, errors: [] });
  }],
];
