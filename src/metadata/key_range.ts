const LAST_CODE_POINT = 0x10ffff;
const FIRST_SURROGATE = 0xd800;
const AFTER_SURROGATES = 0xe000;

/**
 * The least string that is greater than every string beginning with `prefix`, in the order of UTF-8
 * bytes (which is the order of code points): the keys under a prefix are
 * `prefix <= key < successor(prefix)`. `undefined` where there is none: an empty prefix, or one of
 * nothing but U+10FFFF.
 */
export function successor(prefix: string): string | undefined {
  const points = Array.from(prefix, (c) => c.codePointAt(0) ?? 0);
  while (points.at(-1) === LAST_CODE_POINT) points.pop();
  const last = points.pop();
  if (last === undefined) return undefined;
  const next = last + 1 === FIRST_SURROGATE ? AFTER_SURROGATES : last + 1;
  return String.fromCodePoint(...points, next);
}
