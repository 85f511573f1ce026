/** Crockford's base 32, in lower case: sorts as its numbers do. */
const ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
const TIME_CHARACTERS = 10;
const RANDOM_BYTES = 16;

/**
 * A version: 26 characters that sort by time (milliseconds, the first ten characters) and are
 * unique by 80 random bits. The layout is that of a ULID (github.com/ulid/spec).
 */
export function newVersion(
  now: number = Date.now(),
  random: Uint8Array = crypto.getRandomValues(new Uint8Array(RANDOM_BYTES)),
): string {
  let time = "";
  let rest = now;
  for (let i = 0; i < TIME_CHARACTERS; i++) {
    time = ALPHABET.charAt(rest % 32) + time;
    rest = Math.floor(rest / 32);
  }
  return time + Array.from(random, (byte) => ALPHABET.charAt(byte % 32)).join("");
}
