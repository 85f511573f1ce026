import type { LogObjects } from "../log_objects.ts";
import { leafHash, nodeHash, type Subtrees, type TreeHash } from "../merkle_tree.ts";
import { isSame } from "../verify/bytes.ts";
import { LARGEST_ENTRY, readBundle } from "./entry_bundle.ts";
import {
  bundlePath,
  fullTile,
  publishedKey,
  type Tile,
  TILE_HEIGHT,
  TILE_WIDTH,
  tileOf,
  tilePath,
} from "./tile_path.ts";
import { TlogFault } from "./tlog_fault.ts";

/** A tree that is published. */
export interface PublishedTree {
  readonly objects: LogObjects;
  /** Of the log, without a slash at its end. */
  readonly prefix: string;
  /** Leaves of the tree. */
  readonly size: number;
}

const HASH_LENGTH = 32;

/** Longest bundle. */
const LARGEST_BUNDLE = TILE_WIDTH * (2 + LARGEST_ENTRY);

/** Most tiles that are kept in memory: each has 8 KiB, and as much again above it. */
const MOST_TILES = 32;

/**
 * The subtrees of a published tree, out of its tiles. That they are those of the root that was signed
 * is for whoever computes with them to see.
 */
export class TileReader implements Subtrees {
  readonly #tree: PublishedTree;
  /** In the order of their last use: the hashes of each, and of the levels above them. */
  readonly #tiles = new Map<string, Promise<TreeHash[][]>>();

  constructor(tree: PublishedTree) {
    this.#tree = tree;
  }

  /** @throws {TlogFault} where the tile is missing, or is none */
  async hash(level: number, index: number): Promise<TreeHash> {
    const tileLevel = Math.floor(level / TILE_HEIGHT);
    const height = level % TILE_HEIGHT;
    const perTile = TILE_WIDTH / 2 ** height;
    const tile = tileOf(this.#tree.size, tileLevel, Math.floor(index / perTile));
    const levels = await this.#levelsOf(tile);
    const hash = levels[height]?.[index % perTile];
    if (hash === undefined) throw new RangeError(`no subtree ${index} at level ${level}`);
    return hash;
  }

  /**
   * The hashes of a tile.
   *
   * @throws {TlogFault} where it is missing, or is none
   */
  async tile(tile: Tile): Promise<readonly TreeHash[]> {
    const [hashes] = await this.#levelsOf(tile);
    return hashes ?? [];
  }

  /**
   * The entries of a bundle, each of which is the leaf that the tree has there.
   *
   * @throws {TlogFault} where it is missing, or is not the one of the tree
   */
  async bundle(index: number): Promise<readonly Uint8Array[]> {
    const tile = tileOf(this.#tree.size, 0, index);
    const [{ key, width, bytes }, leaves] = await Promise.all([
      this.#read(tile, bundlePath),
      this.tile(tile),
    ]);
    const entries = bytes.length > LARGEST_BUNDLE ? undefined : readBundle(bytes);
    if (entries?.length !== width) {
      throw new TlogFault("malformed", key, `is no bundle of ${width} entries`);
    }
    const wanted = entries.slice(0, tile.width);
    for (const [at, leaf] of leaves.entries()) {
      const entry = wanted[at];
      if (entry === undefined || !isSame(leafHash(entry), leaf)) {
        const seq = index * TILE_WIDTH + at;
        throw new TlogFault("root", key, `the entry of seq ${seq} is not the one in the tree`);
      }
    }
    return wanted;
  }

  #levelsOf(tile: Tile): Promise<TreeHash[][]> {
    const path = tilePath(tile);
    const levels = this.#tiles.get(path) ?? this.#readLevels(tile);
    this.#tiles.delete(path);
    this.#tiles.set(path, levels);
    levels.catch(() => this.#tiles.delete(path));
    const [oldest] = this.#tiles.keys();
    if (this.#tiles.size > MOST_TILES && oldest !== undefined) this.#tiles.delete(oldest);
    return levels;
  }

  async #readLevels(tile: Tile): Promise<TreeHash[][]> {
    const { key, width, bytes } = await this.#read(tile, tilePath);
    if (bytes.length !== width * HASH_LENGTH) {
      throw new TlogFault("malformed", key, `is no tile of ${width} hashes`);
    }
    let level: TreeHash[] = Array.from(
      { length: tile.width },
      (_, at) => bytes.slice(at * HASH_LENGTH, (at + 1) * HASH_LENGTH),
    );
    const levels: TreeHash[][] = [];
    for (; level.length > 0; level = above(level)) levels.push(level);
    return levels;
  }

  /** A partial one may be gone once the full one is there. */
  async #read(tile: Tile, path: (tile: Tile) => string): Promise<ReadTile> {
    const { objects, prefix, size } = this.#tree;
    if (tile.width <= 0) throw new RangeError(`a tree of ${size} leaves has no ${path(tile)}`);
    for (const each of tile.width === TILE_WIDTH ? [tile] : [tile, fullTile(tile)]) {
      const key = publishedKey(prefix, path(each));
      const object = await objects.get(key);
      if (object === undefined) continue;
      return { key, width: each.width, bytes: object.bytes };
    }
    throw new TlogFault("missing", publishedKey(prefix, path(tile)), "is missing");
  }
}

/** A tile or a bundle, as it is stored: of the width that was asked for, or full. */
interface ReadTile {
  readonly key: string;
  readonly width: number;
  readonly bytes: Uint8Array;
}

/** The level above some hashes; one without a partner is not complete there. */
function above(level: readonly TreeHash[]): TreeHash[] {
  const hashes: TreeHash[] = [];
  for (let at = 0; at + 1 < level.length; at += 2) {
    const [left, right] = [level[at], level[at + 1]];
    if (left !== undefined && right !== undefined) hashes.push(nodeHash(left, right));
  }
  return hashes;
}
