import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import {
  consistencyProof,
  inclusionProof,
  leafHash,
  nodeHash,
  type Subtrees,
  type TreeHash,
  treeRoot,
} from "../../src/eventlog/merkle_tree.ts";
import { verifyConsistency, verifyInclusion } from "../../src/eventlog/verify.ts";
import { auditPath, consistency, treeHash } from "./rfc6962.ts";

const LARGE = 65_536;
const ENTRIES = Array.from({ length: LARGE + 3 }, (_, index) => Buffer.from(`event ${index}`));

/** All complete subtrees over {@link ENTRIES}, level by level. */
const LEVELS = levelsFrom(ENTRIES.map(leafHash));

const SUBTREES: Subtrees = {
  hash: (level, index) => hashAt(LEVELS[level] ?? [], index),
};

function levelsFrom(below: readonly TreeHash[]): readonly (readonly TreeHash[])[] {
  if (below.length < 2) return [below];
  const above = Array.from(
    { length: Math.floor(below.length / 2) },
    (_, index) => nodeHash(hashAt(below, index * 2), hashAt(below, index * 2 + 1)),
  );
  return [below, ...levelsFrom(above)];
}

function hashAt(level: readonly TreeHash[], index: number): TreeHash {
  const hash = level[index];
  assert.ok(hash, "a subtree that is not complete was asked for");
  return hash;
}

function hex(hashes: readonly TreeHash[]): string[] {
  return hashes.map((hash) => Buffer.from(hash).toString("hex"));
}

async function tree(size: number) {
  return { size, root: await treeRoot(size, SUBTREES) };
}

/** Places worth a look in a list of that length: both ends, powers of two, and some between. */
function places(length: number): number[] {
  const some = [0, 1, 2, 3, 63, 64, length >> 1, length - 2, length - 1, (length * 7) % 11];
  return [...new Set(some.filter((place) => place >= 0 && place < length))];
}

const SIZES = [...Array(601).keys(), LARGE - 1, LARGE, LARGE + 1, LARGE + 3];

Deno.test("the root agrees with RFC 6962 for every size from 0 to 600 and around 65,536", async () => {
  for (const size of SIZES) {
    assert.deepEqual(hex([await treeRoot(size, SUBTREES)]), [treeHash(ENTRIES.slice(0, size))]);
  }
});

Deno.test("inclusion proofs agree with RFC 6962, and verify", async () => {
  for (const size of SIZES) {
    const whole = await tree(size);
    const entries = ENTRIES.slice(0, size);
    for (const index of places(size)) {
      const proof = await inclusionProof(index, size, SUBTREES);
      assert.deepEqual(hex(proof), auditPath(index, entries), `${index} of ${size}`);
      const entry = ENTRIES[index] ?? Buffer.of();
      assert.ok(await verifyInclusion(entry, index, whole, proof), `${index} of ${size}`);
    }
  }
});

Deno.test("every leaf of every small tree is proved, and nothing else by its proof", async () => {
  for (let size = 1; size <= 40; size++) {
    const whole = await tree(size);
    for (let index = 0; index < size; index++) {
      const proof = await inclusionProof(index, size, SUBTREES);
      const entry = ENTRIES[index] ?? Buffer.of();
      const holds = (more: Partial<{ index: number; size: number; proof: Uint8Array[] }>) =>
        verifyInclusion(
          entry,
          more.index ?? index,
          { ...whole, size: more.size ?? size },
          more.proof ?? proof,
        );
      assert.ok(await holds({}));
      assert.ok(!await verifyInclusion(ENTRIES[size] ?? Buffer.of(), index, whole, proof));
      assert.ok(!await holds({ index: (index + 1) % (size + 1) }));
      assert.ok(!await holds({ proof: [...proof, leafHash(entry)] }));
      if (proof.length > 0) assert.ok(!await holds({ proof: proof.slice(1) }));
      for (const [at, hash] of proof.entries()) {
        const changed = hash.slice();
        changed[at % 32] = (changed[at % 32] ?? 0) ^ 1;
        assert.ok(!await holds({ proof: proof.with(at, changed) }));
      }
    }
  }
});

Deno.test("consistency proofs agree with RFC 6962, and verify", async () => {
  for (const size of SIZES) {
    const later = await tree(size);
    const entries = ENTRIES.slice(0, size);
    for (const earlier of [...places(size + 1)].filter((place) => place > 0)) {
      const proof = await consistencyProof(earlier, size, SUBTREES);
      assert.deepEqual(hex(proof), consistency(earlier, entries), `${earlier} in ${size}`);
      assert.ok(
        await verifyConsistency(await tree(earlier), later, proof),
        `${earlier} in ${size}`,
      );
    }
  }
});

Deno.test("sizes beside large powers of two are told from them", async () => {
  const leaf = leafHash(Buffer.from("the same every time"));
  const levels = [leaf];
  for (let below = leaf; levels.length < 53; levels.push(below)) below = nodeHash(below, below);
  const subtrees: Subtrees = { hash: (level) => hashAt(levels, level) };
  const treeOf = async (size: number) => ({ size, root: await treeRoot(size, subtrees) });
  for (const size of [2 ** 49 - 1, 2 ** 49, 2 ** 49 + 1, 2 ** 52 - 1, 2 ** 52 + 1]) {
    const proof = await consistencyProof(size, 2 ** 52 + 3, subtrees);
    const [earlier, later] = [await treeOf(size), await treeOf(2 ** 52 + 3)];
    assert.equal(await verifyConsistency(earlier, later, proof), true, String(size));
    const other = { size, root: nodeHash(earlier.root, leaf) };
    assert.equal(await verifyConsistency(other, later, proof), false, String(size));
  }
});

Deno.test("a log that was rewritten is not consistent with what it was", async () => {
  for (let size = 2; size <= 40; size++) {
    const later = await tree(size);
    for (let before = 1; before < size; before++) {
      const proof = await consistencyProof(before, size, SUBTREES);
      const earlier = await tree(before);
      const root = earlier.root.slice();
      root[0] = (root[0] ?? 0) ^ 1;
      assert.ok(!await verifyConsistency({ ...earlier, root }, later, proof));
      assert.ok(!await verifyConsistency(earlier, { ...later, root }, proof));
      assert.ok(!await verifyConsistency(later, earlier, proof));
      assert.ok(!await verifyConsistency(earlier, later, [...proof, root]));
      assert.ok(!await verifyConsistency(earlier, later, proof.slice(0, -1)));
    }
  }
});

Deno.test("every tree begins with the empty one, and with itself", async () => {
  const [empty, seven] = [await tree(0), await tree(7)];
  assert.deepEqual(await consistencyProof(0, 7, SUBTREES), []);
  assert.ok(await verifyConsistency(empty, seven, []));
  assert.ok(await verifyConsistency(seven, seven, []));
  assert.ok(!await verifyConsistency({ size: 0, root: seven.root }, seven, []));
});

Deno.test("proofs of what is not in a tree are not made", async () => {
  await assert.rejects(inclusionProof(7, 7, SUBTREES), RangeError);
  await assert.rejects(inclusionProof(-1, 7, SUBTREES), RangeError);
  await assert.rejects(consistencyProof(8, 7, SUBTREES), RangeError);
});

Deno.test("what verifies proofs needs nothing but the web platform", async () => {
  const room = new URL("../../src/eventlog/", import.meta.url);
  const files = ["verify.ts"];
  for await (const { name } of Deno.readDir(new URL("verify/", room))) files.push(`verify/${name}`);
  assert.ok(files.length > 5);
  for (const file of files) {
    const source = await Deno.readTextFile(new URL(file, room));
    for (const [, from] of source.matchAll(/\bfrom "([^"]+)"/g)) {
      assert.match(from ?? "", file === "verify.ts" ? /^\.\/verify\/\w+\.ts$/ : /^\.\/\w+\.ts$/);
    }
    assert.doesNotMatch(source, /\b(?:Deno|Buffer|process|require)\b|\bimport\(|^import "/m, file);
  }
});
