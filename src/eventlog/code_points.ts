const SURROGATES = /[\ud800-\udfff]/;

/**
 * Compares by code point. JavaScript compares UTF-16 units, by which what is beyond U+FFFF would
 * come before U+E000.
 */
export function byCodePoint(one: string, other: string): number {
  if (!SURROGATES.test(one) && !SURROGATES.test(other)) {
    return one < other ? -1 : one > other ? 1 : 0;
  }
  const [left, right] = [[...one], [...other]];
  for (let at = 0; at < left.length && at < right.length; at++) {
    const difference = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
