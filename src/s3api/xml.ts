/**
 * XML in and out: documents from clients are parsed within bounds and checked against a schema,
 * answers are written with S3's namespace.
 *
 * @module
 */
import { XMLParser, XMLValidator } from "fast-xml-parser";
import { z } from "zod";
import { S3Error } from "./errors.ts";
import { xmlAnswer } from "./xml_answer.ts";
import { writeXml, type XmlChildren, type XmlContent } from "./xml_writer.ts";

export type { XmlChildren, XmlContent };

/** Namespace of every document that S3 answers with, errors excepted. */
const S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** Namespace of the `xsi:type` attribute in ACLs. */
export const XSI_NAMESPACE = "http://www.w3.org/2001/XMLSchema-instance";

/** Deeper documents than any of S3's requests; what is deeper yet is `MalformedXML`. */
const MAX_DEPTH = 16;

/** More than a completion of 10,000 parts needs, with every kind of checksum. */
const MAX_TAGS = 200_000;

/**
 * Reads a document whose root element is `root` and whose content fits `schema`.
 *
 * The schema sees text as strings, untrimmed, and elements as objects. Compose it of
 * {@link xmlObject} and {@link xmlList}, which level out what XML leaves open: an empty element,
 * and a list of none or one. Attributes, comments and unknown elements are passed over.
 *
 * @throws {S3Error} `MalformedXML`
 */
export function parseXml<Schema extends z.ZodType>(
  source: Uint8Array | string,
  root: string,
  schema: Schema,
): z.output<Schema> {
  const text = typeof source === "string" ? source : decodeUtf8(source);
  // S3 knows no DOCTYPE; without it there are no entities to expand but the predefined ones.
  if (text.includes("<!DOCTYPE")) throw malformed("A DOCTYPE is not allowed.");
  if (exceeds(text, "<", MAX_TAGS)) throw malformed();
  if (XMLValidator.validate(text) !== true) throw malformed();
  const document: unknown = parseDocument(text);
  const parsed = z.strictObject({ [root]: schema }).safeParse(document);
  if (!parsed.success) throw malformed();
  // The object has the one property that the line above demands of it.
  return parsed.data[root] as z.output<Schema>;
}

/** An element with child elements; the ones that the shape does not name are passed over. */
export function xmlObject<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  return z.preprocess(withoutText, z.object(shape));
}

/** The elements of one name below a parent: none, one or many. */
export function xmlList<Item extends z.ZodType>(item: Item) {
  return z.preprocess(asList, z.array(item));
}

/** An answer with an XML document as its body, in S3's namespace. */
export function xmlResponse(
  root: string,
  content: XmlContent,
  status = 200,
  headers: HeadersInit = {},
): Response {
  return xmlAnswer(writeXml(root, content, S3_NAMESPACE), status, new Headers(headers));
}

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  removeNSPrefix: true,
  trimValues: false,
  maxNestedTags: MAX_DEPTH,
  // The library's own decoder knows no numeric references, and keys may need them.
  entityDecoder: {
    decode: decodeReferences,
    setExternalEntities: ignore,
    addInputEntities: ignore,
    setXmlVersion: ignore,
    reset: ignore,
  },
});

function parseDocument(text: string): unknown {
  try {
    return parser.parse(text);
  } catch (cause) {
    throw malformed(undefined, cause);
  }
}

const REFERENCE = /&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(amp|lt|gt|quot|apos));|&/g;

const PREDEFINED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

function decodeReferences(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(REFERENCE, (_all, decimal, hexadecimal, name) => {
    if (name !== undefined) return PREDEFINED[name];
    const point = decimal ? parseInt(decimal, 10) : parseInt(hexadecimal, 16);
    const isScalar = point > 0 && point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff);
    if (!isScalar) throw malformed("An entity is not defined.");
    return String.fromCodePoint(point);
  });
}

function exceeds(text: string, part: string, most: number): boolean {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    if (++count > most) return true;
  }
  return false;
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw malformed(undefined, cause);
  }
}

function withoutText(value: unknown): unknown {
  return typeof value === "string" && value.trim() === "" ? {} : value;
}

function asList(value: unknown): unknown {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function malformed(message?: string, cause?: unknown): S3Error {
  return new S3Error("MalformedXML", message, { cause });
}

function ignore(): void {}
