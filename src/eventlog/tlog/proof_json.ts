/**
 * Proofs as JSON: hashes are base64.
 *
 * @module
 */
import { leafHash } from "../merkle_tree.ts";
import { toBase64 } from "../verify/bytes.ts";
import type { Tree } from "../verify/merkle.ts";
import type { ConsistencyProof, PublishedLog } from "./published_log.ts";

/** A tree over the first events. */
export interface TreeJson {
  readonly size: number;
  readonly root: string;
}

/** What proves that an event is in the log. */
export interface InclusionJson extends TreeJson {
  readonly seq: number;
  readonly leaf_hash: string;
  /** Beside the way from the leaf to the root, from the leaf on. */
  readonly hashes: readonly string[];
  /** The bytes that the leaf's hash is of, as a text. */
  readonly record: string;
  /** The signed note, for all that is published. */
  readonly checkpoint: string;
  /** C2SP tlog-proof, for all that is published. */
  readonly tlog_proof: string;
}

/** What proves that the log has only grown. */
export interface ConsistencyJson {
  readonly from: TreeJson;
  readonly to: TreeJson;
  readonly hashes: readonly string[];
  /** The signed note, for all that is published. */
  readonly checkpoint: string;
}

/**
 * A proof that an event is in the log.
 *
 * @param size of the tree; all that is published without it
 * @throws {RangeError} unless 0 ≤ `seq` < `size` ≤ what is published
 * @throws {TlogFault}
 */
export async function inclusionJson(
  published: PublishedLog,
  seq: number,
  size?: number,
): Promise<InclusionJson> {
  const { record, hashes, ...tree } = await published.inclusion(seq, size);
  return {
    seq,
    ...treeJson(tree),
    leaf_hash: toBase64(leafHash(record)),
    hashes: hashes.map(toBase64),
    record: new TextDecoder().decode(record),
    checkpoint: published.note,
    tlog_proof: await published.proofText(seq),
  };
}

/** A proof that the log has only grown. */
export function consistencyJson(
  { note }: Pick<PublishedLog, "note">,
  { from, to, hashes }: ConsistencyProof,
): ConsistencyJson {
  return {
    from: treeJson(from),
    to: treeJson(to),
    hashes: hashes.map(toBase64),
    checkpoint: note,
  };
}

/**
 * A proof that the log has grown to all that is published, as a text: as logs hand it to witnesses.
 * Source: C2SP tlog-witness (https://c2sp.org/tlog-witness), "add-checkpoint".
 */
export function consistencyText(
  { note }: Pick<PublishedLog, "note">,
  { from, hashes }: ConsistencyProof,
): string {
  return [`old ${from.size}`, ...hashes.map(toBase64), "", note].join("\n");
}

function treeJson({ size, root }: Tree): TreeJson {
  return { size, root: toBase64(root) };
}
