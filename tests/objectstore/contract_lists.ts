import assert from "node:assert/strict";
import type { ListedEntry, ListOptions } from "../../src/objectstore/object_store.ts";
import { bytes } from "./bytes.ts";
import type { Case } from "./contract.ts";

/** Listing and counting. */
export const listCases: readonly Case[] = [
  ["a bucket is listed as it is asked for", async ({ store }) => {
    // In the order of their bytes, which is not that of their code units.
    const keys = ["a", "b/1", "b/2", "b/c/3", "d e+f", "z/\uffee", "z/😀", "ü"];
    for (const key of keys) await store.putObject(`list/${key}`, bytes(key));
    const cases: readonly [ListOptions, readonly string[]][] = [
      [{}, keys],
      [{ delimiter: "/" }, ["a", "b/ …", "d e+f", "z/ …", "ü"]],
      [{ prefix: "list/b/" }, ["b/1", "b/2", "b/c/3"]],
      [{ prefix: "list/b/", delimiter: "/" }, ["b/1", "b/2", "b/c/ …"]],
      [{ prefix: "list/d e+" }, ["d e+f"]],
      [{ startAfter: "list/b/2" }, ["b/c/3", "d e+f", "z/\uffee", "z/😀", "ü"]],
      [{ maxKeys: 3 }, ["a", "b/1", "b/2"]],
      [{ maxKeys: 0 }, []],
      [{ prefix: "list/nothing" }, []],
    ];
    for (const [options, expected] of cases) {
      const found = await Array.fromAsync(
        store.listObjects({ prefix: "list/", ...options }),
        nameOf,
      );
      assert.deepEqual(found, expected, JSON.stringify(options));
    }
  }],
  ["a listing goes on over pages", async ({ store }) => {
    const keys = Array.from({ length: 1_050 }, (_, i) => `pages/${String(i).padStart(4, "0")}`);
    for (let at = 0; at < keys.length; at += 50) {
      await Promise.all(keys.slice(at, at + 50).map((key) => store.putObject(key, bytes("x"))));
    }
    const found = await Array.fromAsync(store.listObjects({ prefix: "pages/" }));
    assert.deepEqual(found.map((entry) => entry.kind === "object" && entry.key), keys);
    const some = await Array.fromAsync(store.listObjects({ prefix: "pages/", maxKeys: 1_010 }));
    assert.equal(some.length, 1_010);
    const { deleted } = await store.deleteObjects(keys);
    assert.equal(deleted, keys.length);
  }],
  ["entries say what is there", async ({ store }) => {
    const { etag } = await store.putObject("entry", bytes("12345"));
    const [entry] = await Array.fromAsync(store.listObjects({ prefix: "entry" }));
    assert.ok(entry.kind === "object");
    assert.deepEqual([entry.key, entry.size, entry.etag], ["entry", 5, etag]);
    assert.ok(Math.abs(Date.now() - entry.lastModified.getTime()) < 60_000);
  }],
  ["statistics count every object", async ({ kind, running, store }) => {
    const before = await store.getStats();
    assert.equal(before.backend, kind.backend);
    assert.equal(before.bucket, running.bucket);
    assert.equal(before.region, "us-east-1");
    await store.putObject("counted/1", bytes("123"));
    await store.putObject("counted/2", bytes("4567"));
    const after = await store.getStats();
    assert.equal(after.object_count - before.object_count, 2);
    assert.equal(after.total_size - before.total_size, 7);
  }],
];

function nameOf(entry: ListedEntry): string {
  const name = entry.kind === "object" ? entry.key : `${entry.prefix} …`;
  return name.replace(/^list\//, "");
}
