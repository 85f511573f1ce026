import assert from "node:assert/strict";
import { join } from "node:path";
import { fault, MIB, noise } from "./bytes.ts";
import type { Case } from "./contract.ts";

/** Files. */
export const fileCases: readonly Case[] = [
  [
    "files become objects, with the type that goes with their name",
    ({ store }) =>
      inDirectory(async (directory) => {
        const cases: readonly [name: string, size: number, type: string][] = [
          ["a.json", 10, "application/json"],
          ["b.PDF", 0, "application/pdf"],
          ["c", 300_000, "application/octet-stream"],
          ["d.tar.gz", 66 * MIB, "application/gzip"],
        ];
        for (const [name, size, type] of cases) {
          const path = join(directory, name);
          const content = noise(size, 6);
          await Deno.writeFile(path, content);
          const written = await store.putObjectFromFile(`files/${name}`, path, { ifAbsent: true });
          const object = await store.getObject(`files/${name}`);
          assert.equal(object.contentType, type);
          assert.equal(written.size, size);
          assert.ok(Uint8Array.from(object.bytes).every((byte, at) => byte === content[at]));
          const again = store.putObjectFromFile(`files/${name}`, path, { ifAbsent: true });
          await assert.rejects(again, fault("PreconditionFailed"));
        }
        const path = join(directory, "a.json");
        await store.putObjectFromFile("files/a.json", path, { contentType: "text/plain" });
        assert.equal((await store.getObjectMetadata("files/a.json")).contentType, "text/plain");
        await assert.rejects(store.putObjectFromFile("files/x", directory), fault("Refused"));
        const nowhere = store.putObjectFromFile("files/x", join(directory, "nowhere"));
        await assert.rejects(nowhere, Deno.errors.NotFound);
      }),
  ],
  [
    "objects become files, which are whole or not there",
    ({ store }) =>
      inDirectory(async (directory) => {
        const content = noise(9 * MIB, 7);
        await store.putObject("to file", content, { contentType: "image/png" });
        const path = join(directory, "out");
        await Deno.writeTextFile(path, "something else");
        const { size, contentType } = await store.getObjectToFile("to file", path);
        assert.deepEqual([size, contentType], [content.length, "image/png"]);
        assert.deepEqual(await Deno.readFile(path), content);
        await store.getObjectToFile("to file", path, { range: { start: 2, end: 5 } });
        assert.deepEqual(await Deno.readFile(path), content.slice(2, 6));
        const absent = store.getObjectToFile("nothing", join(directory, "absent"));
        await assert.rejects(absent, fault("NotFound"));
        const stop = new AbortController();
        const stopped = store.getObjectToFile("to file", join(directory, "stopped"), {
          signal: stop.signal,
        });
        stop.abort(new Error("enough"));
        await assert.rejects(stopped, /enough/);
        assert.deepEqual((await Array.fromAsync(Deno.readDir(directory))).map((f) => f.name), [
          "out",
        ]);
      }),
  ],
];

async function inDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-files-" });
  try {
    await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
