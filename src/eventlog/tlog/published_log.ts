/**
 * A log as it is published: proofs out of its tiles, each verified against the root that was signed
 * before it is given.
 *
 * @module
 */
import type { LogObjects } from "../log_objects.ts";
import { consistencyProof, inclusionProof, type TreeHash, treeRoot } from "../merkle_tree.ts";
import type { StoredRecord } from "../stored_record.ts";
import type { Checkpoint } from "../verify/checkpoint.ts";
import { type Tree, verifyConsistency, verifyInclusion } from "../verify/merkle.ts";
import type { VerifierKey } from "../verify/note.ts";
import { proofText } from "../verify/proof.ts";
import { readCheckpoint } from "./published_checkpoint.ts";
import { TileReader } from "./tile_reader.ts";
import { checkpointKey, TILE_WIDTH } from "./tile_path.ts";
import { TlogFault } from "./tlog_fault.ts";

/** Where a log is published, and whom to trust. */
export interface OpenPublishedLog {
  readonly objects: LogObjects;
  /** Of the log, without a slash at its end. */
  readonly prefix: string;
  /** Who must have signed the checkpoint; without it that is for whoever gets the proofs to see. */
  readonly verifierKey?: VerifierKey;
  /** What was published when somebody last looked: it must go on from there. */
  readonly remembered?: Tree;
}

/** What proves that a record is in the tree over the first `size` ones. */
export interface InclusionProof {
  readonly seq: number;
  readonly size: number;
  /** Of that tree. */
  readonly root: TreeHash;
  /** Beside the way from the record to the root, from the record on. */
  readonly hashes: readonly TreeHash[];
  /** The record, byte by byte. */
  readonly record: Uint8Array;
}

/** What proves that the tree over the first `to` records begins with the one over the first `from`. */
export interface ConsistencyProof {
  readonly from: Tree;
  readonly to: Tree;
  readonly hashes: readonly TreeHash[];
}

/** A published log, as it was when it was opened. */
export class PublishedLog {
  readonly #reader: TileReader;
  readonly #key: string;

  private constructor(
    { objects, prefix }: OpenPublishedLog,
    readonly checkpoint: Checkpoint,
    /** The checkpoint as it was signed. */
    readonly note: string,
  ) {
    this.#reader = new TileReader({ objects, prefix, size: checkpoint.size });
    this.#key = checkpointKey(prefix);
  }

  /**
   * Opens a published log.
   *
   * @returns `undefined` where nothing is published
   * @throws {TlogFault}
   */
  static async open(options: OpenPublishedLog): Promise<PublishedLog | undefined> {
    const { objects, prefix, verifierKey, remembered } = options;
    const published = await readCheckpoint(objects, prefix, verifierKey);
    await demandConsistent(options, remembered, published?.checkpoint);
    if (published === undefined) return undefined;
    return new PublishedLog(options, published.checkpoint, published.note);
  }

  /**
   * The proof for one event.
   *
   * @param size of the tree; all that is published without it
   * @throws {RangeError} unless 0 ≤ `seq` < `size` ≤ what is published
   * @throws {TlogFault}
   */
  async inclusion(seq: number, size = this.checkpoint.size): Promise<InclusionProof> {
    const tree = await this.tree(size);
    const hashes = await inclusionProof(seq, size, this.#reader);
    const record = await this.record(seq);
    if (!await verifyInclusion(record, seq, tree, hashes)) throw this.#rootFault();
    return { seq, ...tree, hashes, record };
  }

  /**
   * The proof for one event as a text, with the checkpoint: C2SP tlog-proof.
   *
   * @throws {RangeError} unless 0 ≤ `seq` < what is published
   * @throws {TlogFault}
   */
  async proofText(seq: number): Promise<string> {
    const { hashes } = await this.inclusion(seq);
    return proofText({ index: seq, hashes, note: this.note });
  }

  /**
   * The proof for an event that was read from the log itself, as a text. Costs no more than tiles.
   *
   * @throws {RangeError} unless 0 ≤ `seq` < what is published
   * @throws {TlogFault} where another record is published in that place
   */
  async proofTextOf({ seq, bytes }: Pick<StoredRecord, "seq" | "bytes">): Promise<string> {
    const hashes = await inclusionProof(seq, this.checkpoint.size, this.#reader);
    if (!await verifyInclusion(bytes, seq, this.checkpoint, hashes)) throw this.#rootFault();
    return proofText({ index: seq, hashes, note: this.note });
  }

  /**
   * The proof that the log has only grown.
   *
   * @throws {RangeError} unless 0 ≤ `from` ≤ `to` ≤ what is published
   * @throws {TlogFault}
   */
  async consistency(from: number, to = this.checkpoint.size): Promise<ConsistencyProof> {
    const [earlier, later] = await Promise.all([this.tree(from), this.tree(to)]);
    const hashes = await consistencyProof(from, to, this.#reader);
    if (!await verifyConsistency(earlier, later, hashes)) throw this.#rootFault();
    return { from: earlier, to: later, hashes };
  }

  /**
   * The tree over the first events.
   *
   * @throws {RangeError} for more than are published
   * @throws {TlogFault} where the tiles are not those of the root that was signed
   */
  async tree(size: number): Promise<Tree> {
    if (!Number.isSafeInteger(size) || size < 0 || size > this.checkpoint.size) {
      throw new RangeError(`${this.checkpoint.size} events are published, not ${size}`);
    }
    const tree = { size, root: await treeRoot(size, this.#reader) };
    const hashes = await consistencyProof(size, this.checkpoint.size, this.#reader);
    if (!await verifyConsistency(tree, this.checkpoint, hashes)) throw this.#rootFault();
    return tree;
  }

  /**
   * A record, byte by byte. It is the leaf in its tile.
   *
   * @throws {RangeError} for one that is not published
   * @throws {TlogFault}
   */
  async record(seq: number): Promise<Uint8Array> {
    const entries = await this.#reader.bundle(Math.floor(seq / TILE_WIDTH));
    const record = entries[seq % TILE_WIDTH];
    if (record === undefined) throw new RangeError(`seq ${seq} is not published`);
    return record;
  }

  #rootFault(): TlogFault {
    return new TlogFault("root", this.#key, "the tiles are not those of the root that was signed");
  }
}

/**
 * Sees to it that what is published goes on from what is remembered.
 *
 * @throws {TlogFault} where it has become shorter, or another
 */
export async function demandConsistent(
  { objects, prefix }: Pick<OpenPublishedLog, "objects" | "prefix">,
  remembered: Tree | undefined,
  published: Tree | undefined,
): Promise<void> {
  if (remembered === undefined) return;
  const { size } = remembered;
  if (published !== undefined && size <= published.size) {
    const reader = new TileReader({ objects, prefix, size: published.size });
    const hashes = await consistencyProof(size, published.size, reader);
    if (await verifyConsistency(remembered, published, hashes)) return;
  }
  throw new TlogFault(
    "not-consistent",
    checkpointKey(prefix),
    `${published?.size ?? "no"} events are published, and do not go on from the ${size} remembered`,
  );
}
