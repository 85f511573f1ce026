/**
 * What stands between two `*` of a pattern, and where a text has it.
 *
 * @module
 */

/** What is asked of a text that is searched: a string has it. */
export type SearchedText = Pick<
  string,
  "length" | "startsWith" | "endsWith" | "includes" | "indexOf" | "codePointAt"
>;

/** A piece of a pattern, without `*`. */
export interface Piece {
  /** All of it, where it has no `?`. */
  readonly literal: string | undefined;
  /** The longest text in it without `?`. */
  readonly longestRun: string;
  /** Code points, with -1 where a `?` stands; none where it is literal. */
  readonly points: readonly number[];
  /** Where a code point stands in it, by 32 places a word; none where it is literal. */
  readonly places: ReadonlyMap<number, readonly Places[]>;
}

/** Bits for places in a piece: bit 0 of word 0 is the first. */
interface Places {
  readonly word: number;
  bits: number;
}

/** The piece that every text has everywhere. */
export const EMPTY_PIECE: Piece = {
  literal: "",
  longestRun: "",
  points: [],
  places: new Map(),
};

const ANY = -1;
const WORD = 32;

/** @param runs what stands between the `?` */
export function compilePiece(runs: readonly string[]): Piece {
  if (runs.length === 1) return { ...EMPTY_PIECE, literal: runs[0] };
  const points = runs.flatMap((run, index) => [
    ...(index > 0 ? [ANY] : []),
    ...Array.from(run, (character) => character.codePointAt(0) ?? ANY),
  ]);
  const longestRun = runs.reduce((longest, run) => run.length > longest.length ? run : longest);
  return { literal: undefined, longestRun, points, places: placesOf(points) };
}

/** Where the piece ends that begins at `start`; -1 if it does not stand there. */
export function endOfMatch({ literal, points }: Piece, text: SearchedText, start: number): number {
  if (literal !== undefined) return text.startsWith(literal, start) ? start + literal.length : -1;
  let at = start;
  for (const point of points) {
    const actual = text.codePointAt(at);
    if (actual === undefined || (point !== ANY && point !== actual)) return -1;
    at += width(actual);
  }
  return at;
}

/** Where the piece begins that ends the text; -1 if it does not. */
export function startOfTail(piece: Piece, text: SearchedText): number {
  const { literal, points } = piece;
  if (literal !== undefined) return text.endsWith(literal) ? text.length - literal.length : -1;
  let start = text.length;
  for (let left = points.length; left > 0; left--) {
    if (start <= 0) return -1;
    start -= isLowSurrogate(text.codePointAt(start - 1)) ? 2 : 1;
  }
  return endOfMatch(piece, text, start) === text.length ? start : -1;
}

/**
 * Where the piece ends that begins at `from` or first behind it; -1 if there is none.
 *
 * A piece with `?` is looked for from all beginnings at once, a bit for each of its places: the
 * shift-and algorithm of Baeza-Yates and Gonnet, "A new approach to text searching", 1992. Each
 * code point of the text costs a step for 32 of the piece, however often it nearly matches.
 */
export function endOfNext(piece: Piece, text: SearchedText, from: number): number {
  const { literal, longestRun, points, places } = piece;
  if (literal !== undefined) {
    const start = text.indexOf(literal, from);
    return start < 0 ? -1 : start + literal.length;
  }
  // Most texts do not have it at all, which is soon seen.
  if (!text.includes(longestRun, from)) return -1;
  const reached = new Int32Array(Math.ceil(points.length / WORD));
  const last = 1 << ((points.length - 1) % WORD);
  for (let at = from; at < text.length;) {
    const point = text.codePointAt(at) ?? ANY;
    advance(reached, places.get(ANY), places.get(point));
    at += width(point);
    if ((reached[reached.length - 1] ?? 0) & last) return at;
  }
  return -1;
}

/** One code point on: those places are reached that come next and may have that code point. */
function advance(
  reached: Int32Array,
  any: readonly Places[] = [],
  own: readonly Places[] = [],
): void {
  let [carry, nextAny, nextOwn] = [1, 0, 0];
  for (let word = 0; word < reached.length; word++) {
    const before = reached[word] ?? 0;
    let allowed = 0;
    if (any[nextAny]?.word === word) allowed |= any[nextAny++]?.bits ?? 0;
    if (own[nextOwn]?.word === word) allowed |= own[nextOwn++]?.bits ?? 0;
    reached[word] = ((before << 1) | carry) & allowed;
    carry = before >>> (WORD - 1);
  }
}

function placesOf(points: readonly number[]): Piece["places"] {
  const places = new Map<number, Places[]>();
  for (const [index, point] of points.entries()) {
    const [word, bit] = [Math.floor(index / WORD), 1 << (index % WORD)];
    const known = places.get(point) ?? [];
    const last = known.at(-1);
    if (last?.word === word) last.bits |= bit;
    else known.push({ word, bits: bit });
    places.set(point, known);
  }
  return places;
}

function width(point: number): number {
  return point > 0xffff ? 2 : 1;
}

function isLowSurrogate(unit: number | undefined): boolean {
  return unit !== undefined && unit >= 0xdc00 && unit <= 0xdfff;
}
