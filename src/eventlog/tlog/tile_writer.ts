import type { LogObjects } from "../log_objects.ts";
import { leafHash } from "../merkle_tree.ts";
import { isSame, joined } from "../verify/bytes.ts";
import type { Tree } from "../verify/merkle.ts";
import { LARGEST_ENTRY, writeBundle } from "./entry_bundle.ts";
import type { FilledTile, RightEdge } from "./right_edge.ts";
import { bundlePath, lastTile, publishedKey, tilePath } from "./tile_path.ts";
import { TlogFault } from "./tlog_fault.ts";

/** An object that waits to be written. */
interface WaitingObject {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** So much waits at most until it is written, all of it at once. */
const [MOST_WAITING, MOST_WAITING_BYTES] = [32, 8 * 1024 * 1024];

/** Writes the tiles and bundles of a growing tree. What is written is never changed. */
export class TileWriter {
  readonly #objects: LogObjects;
  readonly #prefix: string;
  readonly #edge: RightEdge;
  /** Those of the bundle that is not full. */
  #entries: Uint8Array[];
  #waiting: WaitingObject[] = [];
  /** Paths of the tiles that are not full, and are written as they are. */
  #written: ReadonlySet<string>;

  /**
   * @param edge of the tree that is there
   * @param entries of its bundle that is not full
   */
  constructor(
    { objects, prefix }: { readonly objects: LogObjects; readonly prefix: string },
    edge: RightEdge,
    entries: readonly Uint8Array[],
  ) {
    this.#objects = objects;
    this.#prefix = prefix;
    this.#edge = edge;
    this.#entries = [...entries];
    this.#written = new Set(edge.partialTiles().map(tilePath));
  }

  /** Leaves of the tree. */
  get size(): number {
    return this.#edge.size;
  }

  /**
   * Adds an entry.
   *
   * @throws {TlogFault} for one that is too long, or where something else is published already
   */
  async add(entry: Uint8Array): Promise<void> {
    if (entry.length > LARGEST_ENTRY) {
      throw new TlogFault(
        "too-long",
        publishedKey(this.#prefix, bundlePath(lastTile(this.size + 1, 0))),
        `the record of seq ${this.size} has ${entry.length} bytes; an entry can have ${LARGEST_ENTRY}`,
      );
    }
    // What a log gives can be a part of a large buffer, which would stay with it.
    this.#entries.push(entry.slice());
    const filled = this.#edge.add(leafHash(entry));
    for (const tile of filled) this.#wait(tile);
    if (filled.length > 0) this.#entries = [];
    const bytes = this.#waiting.reduce((sum, { bytes }) => sum + bytes.length, 0);
    if (this.#waiting.length >= MOST_WAITING || bytes >= MOST_WAITING_BYTES) await this.#write();
  }

  /**
   * Writes all that a checkpoint of this size needs.
   *
   * @throws {TlogFault} where something else is published already
   */
  async finish(): Promise<Tree> {
    const tiles = this.#edge.partialTiles();
    for (const tile of tiles) if (!this.#written.has(tilePath(tile))) this.#wait(tile);
    await this.#write();
    this.#written = new Set(tiles.map(tilePath));
    return { size: this.size, root: await this.#edge.root() };
  }

  #wait(tile: FilledTile): void {
    if (tile.level === 0) {
      const key = publishedKey(this.#prefix, bundlePath(tile));
      this.#waiting.push({ key, bytes: writeBundle(this.#entries) });
    }
    const key = publishedKey(this.#prefix, tilePath(tile));
    this.#waiting.push({ key, bytes: joined(tile.hashes) });
  }

  async #write(): Promise<void> {
    const waiting = this.#waiting.splice(0);
    const written = await Promise.allSettled(waiting.map((object) => this.#publish(object)));
    for (const each of written) if (each.status === "rejected") throw each.reason;
  }

  async #publish({ key, bytes }: WaitingObject): Promise<void> {
    if (await this.#objects.create(key, bytes, "application/octet-stream")) return;
    const published = await this.#objects.get(key);
    if (published !== undefined && isSame(published.bytes, bytes)) return;
    throw new TlogFault("changed", key, "something else is published here than the log says");
  }
}
