/**
 * Merkle trees as RFC 6962, section 2.1, defines them: its recursions word by word over lists of
 * entries, and nothing shared with what is tested.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

type Entries = readonly Uint8Array[];

const known = new WeakMap<Uint8Array, Map<number, string>>();

/** MTH(D[n]) in hex. */
export function treeHash(entries: Entries): string {
  const [first] = entries;
  if (first === undefined) return sha256();
  // A list is a run of one log's entries, so its first entry and its length say which it is.
  const ofFirst = known.get(first) ?? new Map<number, string>();
  known.set(first, ofFirst);
  const before = ofFirst.get(entries.length);
  if (before !== undefined) return before;
  const k = splitAt(entries.length);
  const hash = entries.length === 1
    ? sha256(Buffer.of(0), first)
    : sha256(Buffer.of(1), hex(treeHash(entries.slice(0, k))), hex(treeHash(entries.slice(k))));
  ofFirst.set(entries.length, hash);
  return hash;
}

/** PATH(m, D[n]) in hex. */
export function auditPath(m: number, entries: Entries): string[] {
  if (entries.length === 1) return [];
  const k = splitAt(entries.length);
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  return m < k
    ? [...auditPath(m, left), treeHash(right)]
    : [...auditPath(m - k, right), treeHash(left)];
}

/** PROOF(m, D[n]) in hex, for 0 < m ≤ n. */
export function consistency(m: number, entries: Entries): string[] {
  return subproof(m, entries, true);
}

function subproof(m: number, entries: Entries, isComplete: boolean): string[] {
  if (m === entries.length) return isComplete ? [] : [treeHash(entries)];
  const k = splitAt(entries.length);
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  return m <= k
    ? [...subproof(m, left, isComplete), treeHash(right)]
    : [...subproof(m - k, right, false), treeHash(left)];
}

function splitAt(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}

function sha256(...parts: Uint8Array[]): string {
  return createHash("sha256").update(Buffer.concat(parts)).digest("hex");
}

function hex(text: string): Uint8Array {
  return Buffer.from(text, "hex");
}
