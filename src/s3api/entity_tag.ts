/** An entity tag as storage keeps it: without quotes, and without the mark of a weak one. */
export function unquoteEntityTag(tag: string): string {
  const strong = tag.startsWith("W/") ? tag.slice(2) : tag;
  const quoted = strong.length >= 2 && strong.startsWith('"') && strong.endsWith('"');
  return quoted ? strong.slice(1, -1) : strong;
}

/**
 * Whether an entity tag is in the list of an `If-Match` or `If-None-Match` header; `*` stands for
 * any. Tags without quotes are understood too, as S3 does.
 * Source: RFC 9110, sections 13.1.1 and 13.1.2.
 *
 * @param etag unquoted
 */
export function matchesEntityTag(list: string, etag: string): boolean {
  return list.split(",").some((item) => {
    const tag = unquoteEntityTag(item.trim());
    return tag === "*" || tag === etag;
  });
}
