/**
 * Places in the files of a log.
 *
 * @module
 */
import { BEGINNING, LogFault, type LogPosition } from "./verifier.ts";

/** A place between two lines of a log in files, all before it verified. */
export interface Place {
  /** How many of the log's files come before the one that it is in. */
  readonly file: number;
  /** Bytes of that file before it. */
  readonly offset: number;
  readonly position: LogPosition;
}

/** Where the first file begins. */
export const FIRST_PLACE: Place = { file: 0, offset: 0, position: BEGINNING };

/** How the line of a record ends, and how many bytes that is. */
const END_OF_LINE = /"event_hash":"([0-9a-f]{64})","prev_hash":"[0-9a-f]{64}"\}\n$/;
const END_LENGTH = 160;

/**
 * Sees to it that the file of a place is still the one in which it was: the record before it has that
 * hash. Nobody may have put another log in its stead, such as one that was restored.
 *
 * @throws {LogFault} where it has not
 */
export function confirmPlace(file: Deno.FsFile, { offset, position }: Omit<Place, "file">): void {
  if (offset === 0) return;
  const { nextSeq, prevHash } = position;
  file.seekSync(Math.max(0, offset - END_LENGTH), Deno.SeekMode.Start);
  // From the system's memory, mostly: whoever appends has written it, and whoever reads reads on.
  const bytes = new Uint8Array(END_LENGTH);
  const count = file.readSync(bytes) ?? 0;
  const [, found] = END_OF_LINE.exec(new TextDecoder().decode(bytes.subarray(0, count))) ?? [];
  if (found === prevHash) return;
  throw new LogFault(nextSeq - 1, "event_hash", prevHash, found ?? "no record");
}

/** At least so many events lie between places that are remembered. */
const STEP = 256;

/** Places along a log that was verified up to them, so that nobody has to go there from its start. */
export class Places {
  readonly #places: Place[] = [FIRST_PLACE];

  /** Remembers a place, if it is far enough behind the last. */
  note(place: Place): void {
    const last = this.#places.at(-1) ?? FIRST_PLACE;
    if (place.position.nextSeq >= last.position.nextSeq + STEP) this.#places.push(place);
  }

  /** The last one that has the event `seq` behind it. */
  before(seq: number): Place {
    const places = this.#places;
    let [known, end] = [0, places.length];
    while (end - known > 1) {
      const middle = (known + end) >> 1;
      if ((places[middle]?.position.nextSeq ?? Infinity) <= seq) known = middle;
      else end = middle;
    }
    return places[known] ?? FIRST_PLACE;
  }
}
