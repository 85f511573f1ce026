/**
 * Which tiles a tree of some size has, and under which keys they are.
 * Source: C2SP tlog-tiles (https://c2sp.org/tlog-tiles), "Merkle Tree" and "Log entries".
 *
 * @module
 */
import { keyUnder } from "../../config/log_location.ts";

/** A tile, or a bundle of entries. */
export interface Tile {
  /** Each hash stands for 256^level leaves. */
  readonly level: number;
  /** How many tiles of its level come before it. */
  readonly index: number;
  /** How many hashes it has: 1 to {@link TILE_WIDTH}. */
  readonly width: number;
}

/** Hashes, or entries, of a full tile. */
export const TILE_WIDTH = 256;

/** Levels of the tree that one level of tiles has. */
export const TILE_HEIGHT = 8;

/** Where the published log is, under the prefix of the log itself. */
const PUBLISHED = "_tlog";

/** What one part of an index in a path counts to. */
const PART = 1000;

/** How many hashes the tiles of a level have, all together, in a tree of that size. */
export function hashesAt(level: number, size: number): number {
  return Math.floor(size / TILE_WIDTH ** level);
}

/** A tile as a tree of that size has it; its width is not positive where it has none there. */
export function tileOf(size: number, level: number, index: number): Tile {
  const behind = hashesAt(level, size) - index * TILE_WIDTH;
  return { level, index, width: Math.min(behind, TILE_WIDTH) };
}

/** The last tile of a level, with nothing in it where all are full. */
export function lastTile(size: number, level: number): Tile {
  return tileOf(size, level, Math.floor(hashesAt(level, size) / TILE_WIDTH));
}

/** The same tile when it was full, or will be. */
export function fullTile(tile: Tile): Tile {
  return { ...tile, width: TILE_WIDTH };
}

/** `tile/1/x001/x234/067.p/8` */
export function tilePath(tile: Tile): string {
  return `tile/${tile.level}/${indexPath(tile)}`;
}

/** `tile/entries/x001/x234/067.p/8` */
export function bundlePath(tile: Omit<Tile, "level">): string {
  return `tile/entries/${indexPath(tile)}`;
}

/** Key of what is published under a path. */
export function publishedKey(prefix: string, path: string): string {
  return keyUnder(prefix, `${PUBLISHED}/${path}`);
}

/** Key of the checkpoint: the only object that ever changes. */
export function checkpointKey(prefix: string): string {
  return publishedKey(prefix, "checkpoint");
}

function indexPath({ index, width }: Omit<Tile, "level">): string {
  const parts = [threeDigits(index % PART)];
  for (let rest = Math.floor(index / PART); rest > 0; rest = Math.floor(rest / PART)) {
    parts.unshift(`x${threeDigits(rest % PART)}`);
  }
  return parts.join("/") + (width === TILE_WIDTH ? "" : `.p/${width}`);
}

function threeDigits(number: number): string {
  return String(number).padStart(3, "0");
}
