import { nodeHash, type Subtrees, type TreeHash, treeRoot } from "../merkle_tree.ts";
import { lastTile, type Tile, TILE_HEIGHT, TILE_WIDTH } from "./tile_path.ts";

/** A tile with what is in it. */
export interface FilledTile extends Tile {
  readonly hashes: readonly TreeHash[];
}

/** Levels of tiles that a tree can have: more leaves than 2^53 cannot be counted. */
const LEVELS = Math.ceil(53 / TILE_HEIGHT);

/**
 * The right edge of a growing tree: its tiles that are not full. It is all that it takes to go on, and
 * to compute the root.
 */
export class RightEdge implements Subtrees {
  #size: number;
  /** Of each level, the hashes of the tile that is not full. */
  readonly #levels: TreeHash[][];

  private constructor(size: number, levels: TreeHash[][]) {
    this.#size = size;
    this.#levels = levels;
  }

  /** The one of a tree without leaves. */
  static empty(): RightEdge {
    return new RightEdge(0, Array.from({ length: LEVELS }, () => []));
  }

  /** The one of a tree that is there. */
  static async of(
    size: number,
    tiles: { tile(tile: Tile): Promise<readonly TreeHash[]> },
  ): Promise<RightEdge> {
    const levels = Array.from({ length: LEVELS }, async (_, level) => {
      const tile = lastTile(size, level);
      return tile.width > 0 ? [...await tiles.tile(tile)] : [];
    });
    return new RightEdge(size, await Promise.all(levels));
  }

  /** Leaves of the tree. */
  get size(): number {
    return this.#size;
  }

  /** Adds a leaf; gives the tiles that it filled. */
  add(leaf: TreeHash): FilledTile[] {
    const filled: FilledTile[] = [];
    this.#size += 1;
    let hash = leaf;
    for (const [level, hashes] of this.#levels.entries()) {
      hashes.push(hash);
      if (hashes.length < TILE_WIDTH) break;
      this.#levels[level] = [];
      const index = this.#size / TILE_WIDTH ** (level + 1) - 1;
      filled.push({ level, index, width: TILE_WIDTH, hashes });
      hash = subtree(hashes);
    }
    return filled;
  }

  /** The tiles that are not full. */
  partialTiles(): FilledTile[] {
    return this.#levels.flatMap((hashes, level) =>
      hashes.length === 0 ? [] : [{ ...lastTile(this.#size, level), hashes }]
    );
  }

  root(): Promise<TreeHash> {
    return treeRoot(this.#size, this);
  }

  /** Of subtrees in tiles that are not full: the root needs no others. */
  hash(level: number, index: number): TreeHash {
    const tileLevel = Math.floor(level / TILE_HEIGHT);
    const width = 2 ** (level % TILE_HEIGHT);
    const begin = index * width - lastTile(this.#size, tileLevel).index * TILE_WIDTH;
    return subtree((this.#levels[tileLevel] ?? []).slice(begin, begin + width));
  }
}

/** The hash over some hashes, as many as a power of two. */
function subtree(hashes: readonly TreeHash[]): TreeHash {
  const [first] = hashes;
  if (first === undefined) throw new RangeError("there is no such subtree at the right edge");
  if (hashes.length === 1) return first;
  const middle = hashes.length / 2;
  return nodeHash(subtree(hashes.slice(0, middle)), subtree(hashes.slice(middle)));
}
