import { JsonError } from "../json.ts";
import { readStoredRecord } from "../stored_record.ts";
import { isSame } from "../verify/bytes.ts";
import type { Tree } from "../verify/merkle.ts";
import { BEGINNING, type LogPosition } from "../verifier.ts";
import { RightEdge } from "./right_edge.ts";
import { bundlePath, checkpointKey, publishedKey, TILE_WIDTH, tileOf } from "./tile_path.ts";
import { type PublishedTree, TileReader } from "./tile_reader.ts";
import { TlogFault } from "./tlog_fault.ts";

/** Where a published log goes on. */
export interface PublishedEnd {
  readonly edge: RightEdge;
  /** Entries of the bundle that is not full. */
  readonly entries: readonly Uint8Array[];
  /** Behind the last event that is published, as it is published. */
  readonly position: LogPosition;
}

/** The end of a log of which nothing is published. */
export function nothingPublished(): PublishedEnd {
  return { edge: RightEdge.empty(), entries: [], position: BEGINNING };
}

/**
 * Reads the end of a published log: as much of its tiles and entries as it takes to compute the root.
 *
 * @param tree what was signed
 * @throws {TlogFault} where the tiles are not those of the root
 */
export async function publishedEnd(
  published: Omit<PublishedTree, "size">,
  { size, root }: Tree,
): Promise<PublishedEnd> {
  const reader = new TileReader({ ...published, size });
  const edge = await RightEdge.of(size, reader);
  if (!isSame(await edge.root(), root)) {
    const key = checkpointKey(published.prefix);
    throw new TlogFault("root", key, "the tiles are not those of the root that was signed");
  }
  if (size === 0) return nothingPublished();
  const index = Math.floor((size - 1) / TILE_WIDTH);
  const entries = await reader.bundle(index);
  const key = publishedKey(published.prefix, bundlePath(tileOf(size, 0, index)));
  const position = positionBehind(entries.at(-1) ?? new Uint8Array(), size, key);
  return { edge, entries: entries.length < TILE_WIDTH ? entries : [], position };
}

/** The published entry is the leaf that was signed, and chains to all before it. */
function positionBehind(entry: Uint8Array, size: number, key: string): LogPosition {
  try {
    const record = readStoredRecord(entry);
    const prevHash = record.expectedHash();
    if (record.seq === size - 1 && record.eventHash === prevHash) {
      return { nextSeq: size, prevHash };
    }
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
  }
  throw new TlogFault("malformed", key, `its last entry is not the record of seq ${size - 1}`);
}
