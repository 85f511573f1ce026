/**
 * Patterns with `*` (any text, also none) and `?` (one code point).
 * Source: "IAM JSON policy elements: Resource" and "Condition operators" in the IAM user guide.
 *
 * @module
 */
import {
  compilePiece,
  EMPTY_PIECE,
  endOfMatch,
  endOfNext,
  type SearchedText,
  startOfTail,
} from "./wildcard_piece.ts";

/** Part of a pattern. */
export interface PatternPart {
  readonly text: string;
  /** Whether `*` and `?` in it stand for themselves: what a policy variable brought in. */
  readonly isLiteral: boolean;
}

/**
 * A pattern as a test of whole texts, case and all. Code points are compared, so half of a
 * surrogate pair in a pattern matches nothing.
 *
 * A test never goes back over a `*`: what stands between two of them is looked for once, from the
 * left, and what is found first leaves most for the rest. So it reads a text about once, whatever
 * the pattern.
 */
export function compileWildcard(parts: readonly PatternPart[]): (text: SearchedText) => boolean {
  if (parts.some(({ text }) => !text.isWellFormed())) return () => false;
  const pieces = splitAtStars(parts).map(compilePiece);
  const [first = EMPTY_PIECE, last = EMPTY_PIECE] = [pieces[0], pieces.at(-1)];
  if (pieces.length === 1) return (text) => endOfMatch(first, text, 0) === text.length;
  const inner = pieces.slice(1, -1).filter(({ literal }) => literal !== "");
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

/** What stands between the `*`, each as what stands between its `?`. */
function splitAtStars(parts: readonly PatternPart[]): readonly (readonly string[])[] {
  const pieces: string[][] = [[""]];
  for (const { text, isLiteral } of parts) {
    if (isLiteral) append(pieces.at(-1), text);
    else {
      for (const [index, piece] of text.split("*").entries()) {
        if (index > 0) pieces.push([""]);
        const [first = "", ...others] = piece.split("?");
        append(pieces.at(-1), first);
        pieces.at(-1)?.push(...others);
      }
    }
  }
  return pieces;
}

function append(runs: string[] = [], text: string): void {
  runs.push((runs.pop() ?? "") + text);
}

function startsAndEnds(start: string, end: string): (text: SearchedText) => boolean {
  if (end === "") return (text) => text.startsWith(start);
  const least = start.length + end.length;
  return (text) => text.length >= least && text.startsWith(start) && text.endsWith(end);
}
