/**
 * The begin of a text that may be long, as a text that JSON can hold: a character is never cut in two.
 *
 * @param most characters, in UTF-16
 */
export function beginOf(text: string, most: number): string {
  const begin = text.slice(0, most);
  const isCut = begin.length < text.length && !begin.slice(-1).isWellFormed();
  return (isCut ? begin.slice(0, -1) : begin).toWellFormed();
}
