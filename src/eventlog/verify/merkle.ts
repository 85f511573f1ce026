/**
 * Verifies proofs about a Merkle tree.
 * Sources: RFC 6962, section 2.1; RFC 9162, sections 2.1.3.2 and 2.1.4.2, for the algorithms.
 *
 * @module
 */
import { isSame, sha256 } from "./bytes.ts";

/** The tree over the first `size` entries of a log. */
export interface Tree {
  readonly size: number;
  /** SHA-256: 32 bytes. */
  readonly root: Uint8Array;
}

/**
 * Whether an entry is the one at `index` in a tree.
 *
 * @param proof the hashes beside the entry's way to the root, from the entry on
 */
export async function verifyInclusion(
  entry: Uint8Array,
  index: number,
  tree: Tree,
  proof: readonly Uint8Array[],
): Promise<boolean> {
  if (!isPlace(index) || !isPlace(tree.size) || index >= tree.size) return false;
  let hash = await sha256(LEAF, entry);
  let [node, last] = [index, tree.size - 1];
  for (const beside of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hash = await sha256(NODE, beside, hash);
      [node, last] = climb(node, last);
    } else {
      hash = await sha256(NODE, hash, beside);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && isSame(hash, tree.root);
}

/**
 * Whether a later tree begins with an earlier one: nothing that was in it has been changed or left
 * out.
 */
export async function verifyConsistency(
  earlier: Tree,
  later: Tree,
  proof: readonly Uint8Array[],
): Promise<boolean> {
  if (!isPlace(earlier.size) || !isPlace(later.size) || earlier.size > later.size) return false;
  if (earlier.size === later.size) return proof.length === 0 && isSame(earlier.root, later.root);
  if (earlier.size === 0) return proof.length === 0 && isSame(earlier.root, await sha256());
  const [first, ...rest] = isPowerOfTwo(earlier.size) ? [earlier.root, ...proof] : proof;
  if (first === undefined) return false;

  let [node, last] = [earlier.size - 1, later.size - 1];
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  let [oldHash, newHash] = [first, first];
  for (const beside of rest) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      [oldHash, newHash] = await Promise.all([
        sha256(NODE, beside, oldHash),
        sha256(NODE, beside, newHash),
      ]);
      [node, last] = climb(node, last);
    } else {
      newHash = await sha256(NODE, newHash, beside);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && isSame(oldHash, earlier.root) && isSame(newHash, later.root);
}

const LEAF = new Uint8Array([0]);
const NODE = new Uint8Array([1]);

/** Goes up as long as a node has nobody on its right: nothing is hashed there. */
function climb(node: number, last: number): [number, number] {
  while (!isOdd(node) && node !== 0) [node, last] = [half(node), half(last)];
  return [node, last];
}

/** Sizes exceed what the operators on bits can hold. */
function half(number: number): number {
  return Math.floor(number / 2);
}

function isOdd(number: number): boolean {
  return number % 2 === 1;
}

/** The logarithm of a large number is rounded. */
function isPowerOfTwo(number: number): boolean {
  return 2 ** Math.round(Math.log2(number)) === number;
}

function isPlace(number: number): boolean {
  return Number.isSafeInteger(number) && number >= 0;
}
