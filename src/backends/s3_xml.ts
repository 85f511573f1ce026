/**
 * The XML that an S3 store answers with and is sent.
 *
 * @module
 */
import { XMLParser } from "fast-xml-parser";
import { z } from "zod";

/** `<Error>`. Source: "Error responses", Amazon S3 API reference. */
const errorSchema = z.object({ Code: z.string(), Message: z.string().optional() });

const entry = z.object({
  Key: z.string(),
  LastModified: z.string(),
  ETag: z.string().default(""),
  Size: z.coerce.number().int().nonnegative(),
});

/** `<ListBucketResult>`. Source: "ListObjectsV2", Amazon S3 API reference. */
export const listSchema = z.object({
  IsTruncated: z.string().optional().transform((text) => text === "true"),
  NextContinuationToken: z.string().optional(),
  EncodingType: z.string().optional(),
  Contents: listOf(entry),
});

/** `<DeleteResult>`, asked for in quiet mode. Source: "DeleteObjects", Amazon S3 API reference. */
export const deleteSchema = z.object({
  Error: listOf(z.object({
    Key: z.string(),
    Code: z.string(),
    Message: z.string().default(""),
  })),
});

/** `<InitiateMultipartUploadResult>`. */
export const createUploadSchema = z.object({ UploadId: z.string().min(1) });

/** `<ListMultipartUploadsResult>`. */
export const listUploadsSchema = z.object({
  Upload: listOf(z.object({ Key: z.string(), UploadId: z.string().min(1) })),
});

/** `<CopyObjectResult>`, `<CopyPartResult>` and `<CompleteMultipartUploadResult>`. */
export const entityTagSchema = z.object({ ETag: z.string().min(1).transform(unquote) });

/**
 * Reads an answer's root element, whatever its name, as long as it fits `schema`.
 *
 * @throws {Error} when it is not XML, or does not fit
 */
export function parseAnswer<Schema extends z.ZodType>(text: string, schema: Schema) {
  const root = rootOf(text);
  return schema.parse(typeof root === "string" ? {} : root);
}

/** The error document in an answer; `undefined` when it is none. */
export function parseError(text: string): z.infer<typeof errorSchema> | undefined {
  if (!text.includes("<Error")) return undefined;
  try {
    const document: unknown = parser.parse(text);
    return z.object({ Error: errorSchema }).safeParse(document).data?.Error;
  } catch {
    // A proxy's page that looks a little like one.
    return undefined;
  }
}

/** Takes the quotes off an entity tag. */
export function unquote(etag: string): string {
  return etag.replaceAll('"', "");
}

/** Whether a text can be written in XML 1.0 at all, escaped or not. */
export function isXmlText(text: string): boolean {
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  return !/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/.test(text);
}

/** Escapes text for an element. A carriage return would be read back as a line feed. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"'\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

const parser = new XMLParser({
  ignoreAttributes: true,
  ignoreDeclaration: true,
  ignorePiTags: true,
  parseTagValue: false,
  removeNSPrefix: true,
  trimValues: false,
  maxNestedTags: 8,
  // Only what XML itself defines; the library's decoder knows no numeric references.
  entityDecoder: {
    decode: decodeReferences,
    setExternalEntities: () => {},
    addInputEntities: () => {},
    setXmlVersion: () => {},
    reset: () => {},
  },
});

const PREDEFINED: Readonly<Record<string, string>> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
};

function decodeReferences(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|lt|gt|quot|apos));/gi,
    (reference, decimal, hexadecimal, name) => {
      if (name !== undefined) return PREDEFINED[name.toLowerCase()];
      const point = decimal ? parseInt(decimal, 10) : parseInt(hexadecimal, 16);
      return point <= 0x10ffff ? String.fromCodePoint(point) : reference;
    },
  );
}

function rootOf(text: string): unknown {
  if (text.includes("<!DOCTYPE")) throw new Error("a DOCTYPE is not allowed");
  const document: unknown = parser.parse(text);
  return Object.values(z.record(z.string(), z.unknown()).parse(document))[0];
}

/** The elements of one name below a parent: none, one or many. */
function listOf<Item extends z.ZodType>(item: Item) {
  return z.preprocess(
    (value) => value === undefined ? [] : Array.isArray(value) ? value : [value],
    z.array(item),
  );
}
