/** What stands for itself in an extended value. Source: RFC 8187, section 3.2.1: `attr-char`. */
const PLAIN = /[A-Za-z0-9!#$&+.^_`|~-]/;

/** What every program reads alike between quotes. */
const UNDISPUTED = /[^A-Za-z0-9 ._-]/gu;

/**
 * The value of a `Content-Disposition` header that has a browser save what it is given under a name,
 * and show none of it. Programs that know no `filename*` find a name in ASCII.
 * Source: RFC 6266, sections 4.1 and 4.3, and appendix D.
 *
 * @param name well-formed text; whatever it is, the value is one line of ASCII
 */
export function contentDisposition(name: string): string {
  return `attachment; filename="${name.replace(UNDISPUTED, "_")}"; filename*=UTF-8''${
    extended(name)
  }`;
}

function extended(name: string): string {
  let value = "";
  for (const byte of new TextEncoder().encode(name)) {
    const character = String.fromCharCode(byte);
    value += PLAIN.test(character)
      ? character
      : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return value;
}
