/** Bytes, seen as whole words with what is left before and after them. */
export interface WordView {
  /** Where the words begin: bytes before it are to be taken one by one. */
  readonly start: number;
  /** An even number of words of 32 bits, in the platform's byte order. */
  readonly words: Int32Array;
  /** Where the words end: bytes from here on are to be taken one by one. */
  readonly end: number;
}

const NO_WORDS = new Int32Array(0);

/** Finds the words in `bytes`, wherever these lie in their buffer. Copies nothing. */
export function viewWords(bytes: Uint8Array): WordView {
  const start = -bytes.byteOffset & 3;
  if (bytes.length < start + 8) return { start: 0, words: NO_WORDS, end: 0 };
  const count = (bytes.length - start) >>> 3 << 1;
  const words = new Int32Array(bytes.buffer, bytes.byteOffset + start, count);
  return { start, words, end: start + words.byteLength };
}
