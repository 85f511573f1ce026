/**
 * Proofs as JSON: for the command line and over HTTP. Hashes are base64.
 *
 * @module
 */
import { leafHash } from "../merkle_tree.ts";
import { toBase64 } from "../verify/bytes.ts";
import type { Tree } from "../verify/merkle.ts";
import { proofText } from "../verify/proof.ts";
import type { ConsistencyProof, InclusionProof, PublishedLog } from "./published_log.ts";

/** What proves that an event is in the log. */
export interface InclusionJson {
  readonly seq: number;
  readonly size: number;
  readonly root: string;
  readonly leaf_hash: string;
  /** Beside the way from the leaf to the root, from the leaf on. */
  readonly hashes: readonly string[];
  /** The record, byte by byte. */
  readonly record: string;
  /** C2SP tlog-proof; `null` unless `size` is the one that is signed. */
  readonly proof: string | null;
}

/** What proves that the log has only grown. */
export interface ConsistencyJson {
  readonly from: number;
  readonly from_root: string;
  readonly to: number;
  readonly to_root: string;
  readonly hashes: readonly string[];
  /** The signed note; `null` unless `to` is the size that is signed. */
  readonly checkpoint: string | null;
}

/** A proof that an event is in the log. */
export function inclusionJson(
  { checkpoint, note }: Pick<PublishedLog, "checkpoint" | "note">,
  { seq, size, root, hashes, record }: InclusionProof,
): InclusionJson {
  const isSigned = size === checkpoint.size;
  return {
    seq,
    size,
    root: toBase64(root),
    leaf_hash: toBase64(leafHash(record)),
    hashes: hashes.map(toBase64),
    record: new TextDecoder().decode(record),
    proof: isSigned ? proofText({ index: seq, hashes, note }) : null,
  };
}

/** A proof that the log has only grown. */
export function consistencyJson(
  { checkpoint, note }: Pick<PublishedLog, "checkpoint" | "note">,
  { from, to, hashes }: ConsistencyProof,
): ConsistencyJson {
  return {
    from: from.size,
    from_root: toBase64(from.root),
    to: to.size,
    to_root: toBase64(to.root),
    hashes: hashes.map(toBase64),
    checkpoint: to.size === checkpoint.size ? note : null,
  };
}

/**
 * The same as a text, with the checkpoint: as logs hand it to witnesses.
 * Source: C2SP tlog-witness (https://c2sp.org/tlog-witness), "add-checkpoint".
 */
export function consistencyText(
  from: Tree,
  hashes: readonly Uint8Array[],
  note: string,
): string {
  return [`old ${from.size}`, ...hashes.map(toBase64), "", note].join("\n");
}
