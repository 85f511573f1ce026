import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { LogStoreError } from "../../../src/eventlog/log_objects.ts";
import { DirectoryObjects } from "../../../src/eventlog/objects/directory.ts";
import { TILE_WIDTH } from "../../../src/eventlog/tlog/tile_path.ts";
import { openCheckpoint } from "../../../src/eventlog/verify.ts";
import { counted } from "../counted_objects.ts";
import { auditPath, consistency, treeHash } from "../rfc6962.ts";
import { ORIGIN, sampleLog } from "./sample_log.ts";

const SMALL = 600;
const LARGE = 65_536;

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** Every file of a directory, by its path in it. */
async function filesOf(directory: string, under = ""): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for await (const { name, isDirectory } of Deno.readDir(join(directory, under))) {
    const path = join(under, name);
    const inside = isDirectory
      ? await filesOf(directory, path)
      : [[path, await Deno.readFile(join(directory, path))] as const];
    for (const [each, bytes] of inside) files.set(each, bytes);
  }
  return files;
}

/** The files that are never partial. */
function whole(files: Map<string, Uint8Array>): Map<string, Uint8Array> {
  return new Map([...files].filter(([path]) => !path.includes(".p/") && path !== "checkpoint"));
}

/** The tiles and bundles that a tree of these entries has, out of the specification and RFC 6962. */
function expectedFiles(entries: readonly Uint8Array[]): Map<string, string> {
  const files = new Map<string, string>();
  for (let [level, span] = [0, 1]; span <= entries.length; level++, span *= TILE_WIDTH) {
    const count = Math.floor(entries.length / span);
    for (let begin = 0; begin < count; begin += TILE_WIDTH) {
      const width = Math.min(TILE_WIDTH, count - begin);
      const path = `${String(begin / TILE_WIDTH).padStart(3, "0")}${
        width < TILE_WIDTH ? `.p/${width}` : ""
      }`;
      const hashes = Array.from(
        { length: width },
        (_, at) => treeHash(entries.slice((begin + at) * span, (begin + at + 1) * span)),
      );
      files.set(`tile/${level}/${path}`, hashes.join(""));
      if (level > 0) continue;
      const bundle = entries.slice(begin, begin + width).map((entry) =>
        entry.length.toString(16).padStart(4, "0") + hex(entry)
      );
      files.set(`tile/entries/${path}`, bundle.join(""));
    }
  }
  return files;
}

Deno.test("for every size from 0 to 600, what is published is what RFC 6962 says", async (test) => {
  await using sample = await sampleLog();
  for (let size = 0; size <= SMALL; size++) {
    const { root, before, verifierKey } = await sample.publish();
    const entries = await sample.records();
    assert.equal(entries.length, size);
    assert.equal(hex(root), treeHash(entries));
    assert.equal(before, size === 0 ? undefined : size - 1);
    assert.equal(verifierKey, sample.verifierKey);
    for (const [path, bytes] of expectedFiles(entries)) {
      assert.equal(hex(await Deno.readFile(join(sample.published, path))), bytes, path);
    }
    await sample.grow(1);
  }

  const entries = (await sample.records()).slice(0, SMALL);
  await test.step("and every proof at every size", async () => {
    const log = await sample.open();
    assert.equal(log.checkpoint.size, SMALL);
    for (let size = 1; size <= SMALL; size += size < 20 || size > SMALL - 3 ? 1 : 41) {
      const tree = entries.slice(0, size);
      for (let seq = 0; seq < size; seq += size < 20 ? 1 : 13) {
        const proof = await log.inclusion(seq, size);
        assert.deepEqual(proof.hashes.map(hex), auditPath(seq, tree), `${seq} of ${size}`);
        assert.equal(hex(proof.root), treeHash(tree));
        assert.deepEqual(proof.record, entries[seq]);
      }
      for (let from = 1; from <= size; from += size < 20 ? 1 : 17) {
        const proof = await log.consistency(from, size);
        assert.deepEqual(proof.hashes.map(hex), consistency(from, tree), `${from} in ${size}`);
      }
    }
    await assert.rejects(log.inclusion(0, SMALL + 1), RangeError);
    await assert.rejects(log.inclusion(7, 7), RangeError);
    await assert.rejects(log.inclusion(-1), RangeError);
    await assert.rejects(log.consistency(3, 2), RangeError);
  });

  await test.step("and in one go it comes out the same", async () => {
    await sample.publish();
    const grown = await filesOf(sample.published);
    await Deno.remove(sample.published, { recursive: true });
    await sample.publish();
    const atOnce = await filesOf(sample.published);
    assert.deepEqual(whole(atOnce), whole(grown));
    for (const [path, bytes] of atOnce) assert.deepEqual(grown.get(path), bytes, path);
    // Ed25519 signs the same text in the same way.
    assert.deepEqual(grown.get("checkpoint"), atOnce.get("checkpoint"));
  });
});

/** Objects whose checkpoint is written once, and not moved on. */
class Failing extends DirectoryObjects {
  override replace(): Promise<boolean> {
    return Promise.reject(new LogStoreError("Other", "that is enough"));
  }
}

Deno.test("around 65,536 events it is as RFC 6962 says, step by step and at once", async () => {
  await using sample = await sampleLog(LARGE - 3);
  for (let size = LARGE - 3; size <= LARGE + 3; size++) {
    const { root } = await sample.publish();
    const entries = await sample.records();
    assert.equal(entries.length, size);
    assert.equal(hex(root), treeHash(entries));
    const log = await sample.open();
    for (const seq of [0, 255, 256, 40_000, size - 1]) {
      assert.deepEqual((await log.inclusion(seq)).hashes.map(hex), auditPath(seq, entries));
    }
    for (const from of [1, 256, 40_000, LARGE - 4, size - 1]) {
      assert.deepEqual((await log.consistency(from)).hashes.map(hex), consistency(from, entries));
    }
    if (size < LARGE + 3) await sample.grow(1);
  }
  const grown = await filesOf(sample.published);
  for (const [path, bytes] of expectedFiles(await sample.records())) {
    assert.equal(hex(grown.get(path) ?? new Uint8Array()), bytes, path);
  }
  await Deno.remove(sample.published, { recursive: true });
  await assert.rejects(sample.publish({ objects: new Failing(sample.objects.location) }), /enough/);
  assert.equal((await sample.open()).checkpoint.size, LARGE, "what was done is kept");
  assert.equal((await sample.publish()).before, LARGE);
  const atOnce = await filesOf(sample.published);
  assert.deepEqual(whole(atOnce), whole(grown));
  assert.deepEqual(atOnce.get("checkpoint"), grown.get("checkpoint"));
});

Deno.test("the checkpoint is a note that others verify by the key alone", async () => {
  await using sample = await sampleLog(5);
  const { note, root } = await sample.publish();
  assert.equal(await Deno.readTextFile(join(sample.published, "checkpoint")), note);
  const opened = await openCheckpoint(note, sample.verifier);
  assert.deepEqual(opened, {
    ok: true,
    checkpoint: { origin: ORIGIN, size: 5, root: new Uint8Array(root), extensions: [] },
  });
});

Deno.test("publishing again what has not grown writes nothing", async () => {
  await using sample = await sampleLog(300);
  const first = await sample.publish();
  const files = await filesOf(sample.published);
  const again = await sample.publish();
  assert.deepEqual(again, { ...first, before: 300 });
  assert.deepEqual(await filesOf(sample.published), files);
});

Deno.test("what publishing costs does not grow with the log", async () => {
  const costs: string[][] = [];
  for (const size of [3, 300, 5_000]) {
    await using sample = await sampleLog(size);
    await sample.publish();
    await sample.grow(1);
    const { objects, requests } = counted(sample.objects);
    await sample.publish({ objects });
    costs.push(requests.map(({ method }) => method).sort());
  }
  // The checkpoint, a tile of each level and a bundle are read; what has changed is written.
  assert.deepEqual(costs, [
    ["create", "create", "get", "get", "get", "replace"],
    ["create", "create", "get", "get", "get", "get", "replace"],
    ["create", "create", "get", "get", "get", "get", "replace"],
  ]);
});
