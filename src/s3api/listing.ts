/**
 * What the listing operations have in common: their parameters, the url encoding of names in their
 * answers, and continuation tokens.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createDigester } from "../digest/digester.ts";
import type { ListedObject } from "../storage/model.ts";
import type { ListEntry } from "../storage/storage.ts";
import { S3Error } from "./errors.ts";
import { ownerElement } from "./owner.ts";
import { wholeSeconds } from "./whole_seconds.ts";
import type { XmlChildren } from "./xml.ts";

/** The most entries of one page, whatever a client asks for. */
export const MAX_PAGE_SIZE = 1_000;

const MAX_INT32 = 2_147_483_647;

type Query = ReadonlyMap<string, string>;

/** A parameter that limits or positions a listing, for the error that names it. */
export interface IntegerParameter {
  /** As in the query: `max-keys`. */
  readonly name: string;
  /** What it is when it is not given, or empty. */
  readonly absent: number;
  /** Larger values become this one. */
  readonly most: number;
}

/**
 * A whole number of at least 0 from the query. Throws `InvalidArgument` for anything else, and for
 * what does not fit 32 bits, as S3 does.
 */
export function integerParameter(query: Query, { name, absent, most }: IntegerParameter): number {
  const text = query.get(name) ?? "";
  if (text === "") return absent;
  const detail = { ArgumentName: name, ArgumentValue: text };
  if (!/^[+-]?\d+$/.test(text) || Number(text) > MAX_INT32) {
    throw new S3Error(
      "InvalidArgument",
      `Provided ${name} not an integer or within integer range`,
      { detail },
    );
  }
  if (Number(text) < 0) {
    throw new S3Error(
      "InvalidArgument",
      `Argument ${name} must be an integer between 0 and ${MAX_INT32}`,
      { detail },
    );
  }
  return Math.min(Number(text), most);
}

/** How many entries a page may have: `max-keys`, `max-uploads` or `max-parts`. */
export function pageSize(query: Query, name: string): number {
  return integerParameter(query, { name, absent: MAX_PAGE_SIZE, most: MAX_PAGE_SIZE });
}

/**
 * A prefix, delimiter or marker from the query; `""` when it is not given. Throws
 * `InvalidArgument` for what no key can have and no answer could repeat.
 */
export function nameParameter(query: Query, name: string): string {
  const value = query.get(name) ?? "";
  if (!value.includes("\0") && value.isWellFormed()) return value;
  throw new S3Error("InvalidArgument", `${name} must be UTF-8 without U+0000`, {
    detail: { ArgumentName: name },
  });
}

/** Writes a name (key, prefix, delimiter, marker) the way a listing was asked to. */
export type NameEncoding = (name: string) => string;

/**
 * `encoding-type` from the query. Throws `InvalidArgument` for any value but `url`.
 */
export function nameEncoding(
  query: Query,
): { readonly type: "url" | undefined; readonly encode: NameEncoding } {
  const type = query.get("encoding-type");
  if (type === undefined || type === "") return { type: undefined, encode: (name) => name };
  if (type.toLowerCase() === "url") return { type: "url", encode: encodeName };
  throw new S3Error("InvalidArgument", "Invalid Encoding Method specified in Request", {
    detail: { ArgumentName: "encoding-type", ArgumentValue: type },
  });
}

/**
 * A name under `encoding-type=url`: the encoding of HTML forms (a space is `+`), in which S3 leaves
 * `/` and `*` as they are.
 */
export function encodeName(name: string): string {
  return encodeURIComponent(name).replace(/%20|%2F|[!'()~]/g, (found) => FORM_ENCODED[found]);
}

const FORM_ENCODED: Readonly<Record<string, string>> = {
  "%20": "+",
  "%2F": "/",
  "!": "%21",
  "'": "%27",
  "(": "%28",
  ")": "%29",
  "~": "%7E",
};

/** A token that continues a listing after a key or prefix (for a list of buckets, a name). */
export function continuationToken(after: string): string {
  const position = Buffer.from(after, "utf8");
  return Buffer.concat([fingerprint(position), position]).toString("base64url");
}

/**
 * Where the token of a query continues; `undefined` when there is none. An empty token begins the
 * listing anew, as with S3. Throws `InvalidArgument` for a token that was not made here.
 */
export function continuationPosition(query: Query): string | undefined {
  const token = query.get("continuation-token") ?? "";
  if (token === "") return undefined;
  const bytes = Buffer.from(token, "base64url");
  const position = bytes.subarray(FINGERPRINT_LENGTH);
  const made = Buffer.concat([fingerprint(position), position]);
  // The decoder passes over what is no base64url; only a token of ours comes back as it was.
  if (position.length > 0 && made.toString("base64url") === token) return position.toString("utf8");
  throw new S3Error("InvalidArgument", "The continuation token provided is incorrect", {
    detail: { ArgumentName: "continuation-token" },
  });
}

const FINGERPRINT_LENGTH = 4;

/** Tells our tokens from others by accident, not by design: a token grants nothing. */
function fingerprint(position: Uint8Array): Uint8Array {
  const crc = createDigester("CRC32");
  crc.update(position);
  return crc.digest();
}

/** `Contents` and `CommonPrefixes` of a page of objects, in the order in which S3 sends them. */
export function pageElements(
  entries: readonly ListEntry[],
  { encode, withOwner }: { readonly encode: NameEncoding; readonly withOwner: boolean },
): XmlChildren {
  const contents: XmlChildren[] = [];
  const prefixes: XmlChildren[] = [];
  for (const entry of entries) {
    if (entry.kind === "prefix") prefixes.push({ Prefix: encode(entry.prefix) });
    else contents.push(objectElement(entry.object, encode, withOwner));
  }
  return { Contents: contents, CommonPrefixes: prefixes };
}

function objectElement(
  object: ListedObject,
  encode: NameEncoding,
  withOwner: boolean,
): XmlChildren {
  return {
    Key: encode(object.key),
    LastModified: wholeSeconds(object.lastModified),
    ETag: `"${object.etag}"`,
    ChecksumAlgorithm: object.checksumAlgorithm,
    ChecksumType: object.checksumType,
    Size: object.size,
    Owner: withOwner ? ownerElement(object.owner) : undefined,
    StorageClass: object.storageClass ?? "STANDARD",
  };
}

/** The position after which the page that follows begins. */
export function positionAfter(entries: readonly ListEntry[]): string | undefined {
  const last = entries.at(-1);
  if (last === undefined) return undefined;
  return last.kind === "prefix" ? last.prefix : last.object.key;
}
