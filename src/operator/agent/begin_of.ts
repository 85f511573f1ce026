/**
 * The begin of a text that may be long, as a text that JSON can hold: a character is never cut in two.
 *
 * @param most characters, in UTF-16
 */
export function beginOf(text: string, most: number): string {
  const begin = text.slice(0, most);
  return (FIRST_HALF.test(begin) ? begin.slice(0, -1) : begin).toWellFormed();
}

/** Of a surrogate pair, at the end. */
const FIRST_HALF = /[\ud800-\udbff]$/;
