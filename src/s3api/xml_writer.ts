/**
 * Writes XML as S3 does. A tree of plain objects becomes elements in the order of their properties.
 *
 * @module
 */

/**
 * What an element contains: text, child elements, or one sibling per item of a list.
 * `undefined` leaves the element out.
 */
export type XmlContent =
  | string
  | number
  | boolean
  | Date
  | undefined
  | XmlChildren
  | readonly XmlContent[];

/** Child elements by name; a name that begins with `@` is an attribute (`"@xsi:type"`). */
export interface XmlChildren {
  readonly [name: string]: XmlContent;
}

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/**
 * A whole document, with `namespace` as the default one of its root.
 *
 * Characters that XML 1.0 cannot carry go out as numeric references (`&#x1;`), as S3 sends keys
 * that contain them when `encoding-type` is absent.
 */
export function writeXml(root: string, content: XmlContent, namespace?: string): string {
  const document = element(root, content ?? "");
  if (namespace === undefined) return DECLARATION + document;
  return `${DECLARATION}<${root} xmlns="${namespace}"${document.slice(root.length + 1)}`;
}

function element(name: string, content: XmlContent): string {
  if (content === undefined) return "";
  if (typeof content === "string") return `<${name}>${escapeXml(content)}</${name}>`;
  if (typeof content === "number" || typeof content === "boolean") {
    return `<${name}>${content}</${name}>`;
  }
  if (content instanceof Date) return `<${name}>${content.toISOString()}</${name}>`;
  if (isList(content)) return siblings(name, content);
  return parent(name, content);
}

function siblings(name: string, items: readonly XmlContent[]): string {
  let xml = "";
  for (const item of items) xml += element(name, item);
  return xml;
}

function parent(name: string, children: XmlChildren): string {
  let attributes = "";
  let inner = "";
  for (const child in children) {
    const content = children[child];
    if (child.charCodeAt(0) !== 0x40) inner += element(child, content);
    else if (content !== undefined) {
      attributes += ` ${child.slice(1)}="${escapeXml(String(content))}"`;
    }
  }
  return `<${name}${attributes}>${inner}</${name}>`;
}

function isList(content: XmlChildren | readonly XmlContent[]): content is readonly XmlContent[] {
  return Array.isArray(content);
}

// A carriage return is legal, but a parser would read it back as a line feed.
// deno-lint-ignore no-control-regex -- control characters are exactly what has to be found
const SPECIAL = /[&<>"\u0000-\u0008\u000b-\u001f\u007f\ufffe\uffff]/;
// deno-lint-ignore no-control-regex -- as above
const EVERY_SPECIAL = /[&<>"\u0000-\u0008\u000b-\u001f\u007f\ufffe\uffff]/g;

const NAMED: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};

function escapeXml(text: string): string {
  return SPECIAL.test(text) ? text.replace(EVERY_SPECIAL, reference) : text;
}

function reference(character: string): string {
  return NAMED[character] ?? `&#x${character.charCodeAt(0).toString(16)};`;
}
