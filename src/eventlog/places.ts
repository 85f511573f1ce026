/**
 * Places in the files of a log.
 *
 * @module
 */
import { BEGINNING, type LogPosition } from "./verifier.ts";

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
