/**
 * Patterns with `*` (any text, also none) and `?` (one code point).
 * Source: "IAM JSON policy elements: Resource" and "Condition operators" in the IAM user guide.
 *
 * @module
 */

/** Part of a pattern. */
export interface PatternPart {
  readonly text: string;
  /** Whether `*` and `?` in it stand for themselves: what a policy variable brought in. */
  readonly isLiteral: boolean;
}

/** What is asked of a text that is searched: a string has it. */
export type SearchedText = Pick<
  string,
  "length" | "startsWith" | "endsWith" | "indexOf" | "charCodeAt"
>;

/**
 * A pattern as a test of whole texts, case and all. Code points are compared, so half of a
 * surrogate pair in a pattern matches nothing.
 *
 * It never goes back over a `*`: each text between two of them is looked for once, from the left.
 * So a test takes at most (length of the text) × (length of the longest text between two `*`)
 * steps, whatever the pattern.
 */
export function compileWildcard(parts: readonly PatternPart[]): (text: SearchedText) => boolean {
  if (parts.some(({ text }) => !text.isWellFormed())) return () => false;
  const pieces = splitAtStars(parts);
  const first = pieces[0] ?? EMPTY;
  const last = pieces[pieces.length - 1] ?? EMPTY;
  if (pieces.length === 1) return (text) => endOfMatch(first, text, 0) === text.length;
  const inner = pieces.slice(1, -1).filter(({ units }) => units.length > 0);
  if (inner.length === 0 && first.literal !== undefined && last.literal !== undefined) {
    return startsAndEnds(first.literal, last.literal);
  }
  return (text) => {
    const end = startOfTail(last, text);
    let at = end < 0 ? -1 : endOfMatch(first, text, 0);
    for (const piece of inner) {
      if (at < 0) return false;
      at = endOfNext(piece, text, at);
    }
    return at >= 0 && at <= end;
  };
}

/** What stands between two `*`. */
interface Piece {
  /** UTF-16 units, with `ANY` where a `?` stands. */
  readonly units: readonly number[];
  /** All of it, where it has no `?`. */
  readonly literal: string | undefined;
  /** In code points. */
  readonly length: number;
}

const ANY = -1;
const EMPTY: Piece = { units: [], literal: "", length: 0 };

function splitAtStars(parts: readonly PatternPart[]): readonly Piece[] {
  const pieces: number[][] = [[]];
  for (const { text, isLiteral } of parts) {
    for (let at = 0; at < text.length; at++) {
      const unit = text[at];
      if (unit === "*" && !isLiteral) pieces.push([]);
      else pieces.at(-1)?.push(unit === "?" && !isLiteral ? ANY : text.charCodeAt(at));
    }
  }
  return pieces.map(piece);
}

function piece(units: readonly number[]): Piece {
  const literal = units.includes(ANY)
    ? undefined
    : units.map((unit) => String.fromCharCode(unit)).join("");
  return { units, literal, length: units.filter((unit) => !isLowSurrogate(unit)).length };
}

function startsAndEnds(start: string, end: string): (text: SearchedText) => boolean {
  const least = start.length + end.length;
  if (end === "") return (text) => text.startsWith(start);
  return (text) => text.length >= least && text.startsWith(start) && text.endsWith(end);
}

/** Where the piece ends that begins at `start`; -1 if it does not stand there. */
function endOfMatch({ units, literal }: Piece, text: SearchedText, start: number): number {
  if (literal !== undefined) return text.startsWith(literal, start) ? start + literal.length : -1;
  let at = start;
  for (const unit of units) {
    if (at >= text.length) return -1;
    if (unit === ANY) at = afterCodePoint(text, at);
    else if (text.charCodeAt(at++) !== unit) return -1;
  }
  return at;
}

/** Where the piece ends that begins at `from` or first behind it; -1 if there is none. */
function endOfNext(piece: Piece, text: SearchedText, from: number): number {
  if (piece.literal !== undefined) {
    const start = text.indexOf(piece.literal, from);
    return start < 0 ? -1 : start + piece.literal.length;
  }
  for (let start = from; start < text.length; start = afterCodePoint(text, start)) {
    const end = endOfMatch(piece, text, start);
    if (end >= 0) return end;
  }
  return -1;
}

/** Where the piece begins that ends the text; -1 if it does not. */
function startOfTail(piece: Piece, text: SearchedText): number {
  if (piece.literal !== undefined) {
    return text.endsWith(piece.literal) ? text.length - piece.literal.length : -1;
  }
  let start = text.length;
  for (let left = piece.length; left > 0; left--) {
    if (start === 0) return -1;
    start -= isLowSurrogate(text.charCodeAt(start - 1)) ? 2 : 1;
  }
  return endOfMatch(piece, text, start) === text.length ? start : -1;
}

function afterCodePoint(text: SearchedText, at: number): number {
  return isLowSurrogate(text.charCodeAt(at + 1)) ? at + 2 : at + 1;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
