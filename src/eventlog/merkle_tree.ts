/**
 * Merkle trees over a log: the hash of a tree, and proofs about it.
 * Source: RFC 6962, section 2.1.
 *
 * @module
 */
import { createHash } from "node:crypto";

/** SHA-256: 32 bytes. */
export type TreeHash = Uint8Array;

/**
 * The hashes of complete subtrees: `level` 0 are the leaves, and the subtree at `level` and `index`
 * has the 2^level leaves from `index` · 2^level on.
 */
export interface Subtrees {
  hash(level: number, index: number): TreeHash | Promise<TreeHash>;
}

/** Whatever is hashed begins with what it is, so that no leaf can pass for a node. */
const LEAF = new Uint8Array([0]);
const NODE = new Uint8Array([1]);

/** The hash of a leaf. */
export function leafHash(entry: Uint8Array): TreeHash {
  return sha256(LEAF, entry);
}

/** The hash of a node out of those of its children. */
export function nodeHash(left: TreeHash, right: TreeHash): TreeHash {
  return sha256(NODE, left, right);
}

/** The root of the tree over no leaves at all. */
export const EMPTY_ROOT: TreeHash = sha256();

/** The root of the tree over the first `size` leaves. */
export function treeRoot(size: number, subtrees: Subtrees): Promise<TreeHash> {
  return size === 0 ? Promise.resolve(EMPTY_ROOT) : rangeHash(0, size, subtrees);
}

/**
 * What proves that the leaf `index` is in the tree over the first `size` leaves: the hashes beside
 * its way to the root, from the leaf on.
 *
 * @throws {RangeError} for a leaf that is not in that tree
 */
export async function inclusionProof(
  index: number,
  size: number,
  subtrees: Subtrees,
): Promise<readonly TreeHash[]> {
  if (index < 0 || index >= size) throw new RangeError(`there is no leaf ${index} among ${size}`);
  const proof: TreeHash[] = [];
  let [begin, end] = [0, size];
  while (end - begin > 1) {
    const middle = begin + leftSize(end - begin);
    const isLeft = index < middle;
    proof.push(
      await (isLeft ? rangeHash(middle, end, subtrees) : rangeHash(begin, middle, subtrees)),
    );
    if (isLeft) end = middle;
    else begin = middle;
  }
  return proof.reverse();
}

/**
 * What proves that the tree over the first `size` leaves begins with the one over the first
 * `earlier`.
 *
 * @throws {RangeError} unless 0 ≤ `earlier` ≤ `size`
 */
export async function consistencyProof(
  earlier: number,
  size: number,
  subtrees: Subtrees,
): Promise<readonly TreeHash[]> {
  if (earlier < 0 || earlier > size) {
    throw new RangeError(`a tree of ${size} leaves does not begin with ${earlier}`);
  }
  if (earlier === 0) return [];
  const proof: TreeHash[] = [];
  let [begin, end] = [0, size];
  while (end !== earlier) {
    const middle = begin + leftSize(end - begin);
    const isLeft = earlier <= middle;
    proof.push(
      await (isLeft ? rangeHash(middle, end, subtrees) : rangeHash(begin, middle, subtrees)),
    );
    if (isLeft) end = middle;
    else begin = middle;
  }
  // Where the earlier tree is itself the left part of the later one, its root is known already.
  if (begin > 0) proof.push(await rangeHash(begin, end, subtrees));
  return proof.reverse();
}

/** The hash over the leaves from `begin` on and before `end`, where that is a part of a tree. */
async function rangeHash(begin: number, end: number, subtrees: Subtrees): Promise<TreeHash> {
  const size = end - begin;
  const left = size === 1 ? 1 : leftSize(size);
  if (left * 2 === size || size === 1) {
    const level = Math.log2(size);
    return await subtrees.hash(level, begin / size);
  }
  const [one, other] = await Promise.all([
    rangeHash(begin, begin + left, subtrees),
    rangeHash(begin + left, end, subtrees),
  ]);
  return nodeHash(one, other);
}

/** The largest power of two that is less than `size`, which is at least 2. */
function leftSize(size: number): number {
  let power = 1;
  while (power * 2 < size) power *= 2;
  return power;
}

/** A `Buffer` would share its memory with what is cut out of it. */
function sha256(...parts: readonly Uint8Array[]): TreeHash {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return new Uint8Array(hash.digest());
}
