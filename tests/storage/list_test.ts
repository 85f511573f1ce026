import assert from "node:assert/strict";
import fc from "fast-check";
import type { ListObjects } from "../../src/storage/requests.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { openStorage, type StorageFixture, write } from "../harness/storage.ts";

const encoder = new TextEncoder();

function compare(a: string, b: string): number {
  const [left, right] = [encoder.encode(a), encoder.encode(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    if (left[i] !== right[i]) return (left[i] ?? 0) - (right[i] ?? 0);
  }
  return left.length - right.length;
}

async function page(storage: Storage, list: Partial<ListObjects>) {
  const { entries, truncated } = await storage.listObjects({
    bucket: "b",
    prefix: "",
    delimiter: "",
    after: "",
    limit: 1_000,
    ...list,
  });
  return {
    names: entries.map((entry) => entry.kind === "object" ? entry.object.key : entry.prefix),
    truncated,
  };
}

/** What a listing should hold: keys under the prefix, grouped, behind `after`. */
function model(
  keys: readonly string[],
  prefix: string,
  delimiter: string,
  after: string,
): string[] {
  const names = keys.filter((key) => key.startsWith(prefix)).map((key) => {
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    return cut < 0 ? key : key.slice(0, cut + delimiter.length);
  });
  const cut = delimiter === "" || !after.startsWith(prefix)
    ? -1
    : after.indexOf(delimiter, prefix.length);
  const group = cut < 0 ? undefined : after.slice(0, cut + delimiter.length);
  return [...new Set(names)].filter((name) => compare(name, after) > 0 && name !== group)
    .toSorted(compare);
}

async function fill(fixture: StorageFixture, keys: Iterable<string>): Promise<void> {
  for (const key of keys) await fixture.storage.putObject(write(key, new Uint8Array(1)));
}

Deno.test("keys come in the order of their bytes, not of UTF-16 units", async () => {
  await using fixture = await openStorage();
  await fill(fixture, ["\u{1f600}", "\uffee", "a", "B", "é", "a/", "a//b", "a+"]);
  assert.deepEqual((await page(fixture.storage, {})).names, [
    "B",
    "a",
    "a+",
    "a/",
    "a//b",
    "é",
    "\uffee",
    "\u{1f600}",
  ]);
});

Deno.test("a common prefix counts as one entry, and the next page starts behind it", async () => {
  await using fixture = await openStorage();
  await fill(fixture, ["a/1", "a/2", "b", "c/1", "d"]);
  const list = { delimiter: "/", limit: 2 };
  assert.deepEqual(await page(fixture.storage, list), { names: ["a/", "b"], truncated: true });
  assert.deepEqual(await page(fixture.storage, { ...list, after: "a/" }), {
    names: ["b", "c/"],
    truncated: true,
  });
  assert.deepEqual(await page(fixture.storage, { ...list, after: "c/" }), {
    names: ["d"],
    truncated: false,
  });
  assert.deepEqual(await page(fixture.storage, { ...list, limit: 0 }), {
    names: [],
    truncated: false,
  });
});

Deno.test("paging through a listing yields what a plain sort and grouping yields", async () => {
  await using fixture = await openStorage();
  const letters = fc.constantFrom("a", "b", "/", "//", "é", "\u{1f600}", "\uffee", "%", "_", "\\");
  const text = fc.array(letters, { maxLength: 5 }).map((parts) => parts.join(""));
  const keys = [...new Set(fc.sample(text, { numRuns: 150, seed: 7 }))].filter((key) => key !== "");
  await fill(fixture, keys);
  const delimiter = fc.constantFrom("", "/", "//", "a", "\u{1f600}", "/a", "_", "\\");
  await fc.assert(
    fc.asyncProperty(
      text,
      delimiter,
      text,
      fc.integer({ min: 1, max: 9 }),
      async (prefix, by, from, limit) => {
        const found: string[] = [];
        let after = from;
        for (;;) {
          const next = await page(fixture.storage, { prefix, delimiter: by, after, limit });
          assert(next.names.length <= limit);
          found.push(...next.names);
          if (!next.truncated) break;
          after = next.names.at(-1) ?? "";
        }
        assert.deepEqual(found, model(keys, prefix, by, from));
      },
    ),
    { numRuns: 150, seed: 11 },
  );
});
