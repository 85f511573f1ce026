/**
 * Cuts a body into pieces of one size, the last one excepted. An empty body is one empty piece.
 *
 * @param size in bytes
 */
export async function* cut(
  body: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void, void> {
  let piece = new Uint8Array(size);
  let filled = 0;
  let isFirst = true;
  for await (const chunk of body) {
    for (let at = 0; at < chunk.length;) {
      if (filled === size) {
        yield piece;
        isFirst = false;
        piece = new Uint8Array(size);
        filled = 0;
      }
      const taken = chunk.subarray(at, at + size - filled);
      piece.set(taken, filled);
      filled += taken.length;
      at += taken.length;
    }
  }
  if (filled > 0 || isFirst) yield piece.subarray(0, filled);
}
