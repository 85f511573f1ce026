/**
 * Which bytes of an object a GET or HEAD asks for.
 *
 * @module
 */
import type { ByteRange } from "../backends/backend.ts";
import type { ObjectPart, StoredObject } from "../storage/model.ts";
import type { Storage } from "../storage/storage.ts";
import { matchesEntityTag } from "./entity_tag.ts";
import { S3Error } from "./errors.ts";
import { partNumber } from "./multipart.ts";
import type { S3Request } from "./operation.ts";
import { chooseRange } from "./range.ts";

/** What was chosen of an object. */
export interface Selection {
  /** `undefined`: all of it. */
  readonly range?: ByteRange;
  /** Where the choice was made by `partNumber`. */
  readonly part?: ObjectPart;
}

const EVERYTHING: Selection = {};

/**
 * Chooses by `Range` or `partNumber`.
 *
 * @throws {S3Error} `InvalidRange`, `InvalidPartNumber`, `InvalidArgument`; `InvalidRequest` for
 * both at once
 */
export function selectBytes(
  { headers, query }: Pick<S3Request, "headers" | "query">,
  object: StoredObject,
  storage: Pick<Storage, "objectParts">,
): Selection | Promise<Selection> {
  const range = headers.get("range");
  if (!query.has("partNumber")) {
    if (range === null || !isStillValid(headers.get("if-range"), object)) return EVERYTHING;
    return { range: chooseRange(range, object.size) };
  }
  if (range !== null) {
    throw new S3Error(
      "InvalidRequest",
      "Cannot specify both Range header and partNumber query parameter",
    );
  }
  return selectPart(partNumber(query), object, storage);
}

/** An object that was uploaded in one piece is its own part 1. */
async function selectPart(
  wanted: number,
  object: StoredObject,
  storage: Pick<Storage, "objectParts">,
): Promise<Selection> {
  const parts = object.partsCount === undefined
    ? [{ partNumber: 1, size: object.size, checksum: object.checksum?.value }]
    : await storage.objectParts(object);
  let start = 0;
  for (const part of parts) {
    if (part.partNumber === wanted) return { part, range: rangeOf(start, part.size) };
    start += part.size;
  }
  throw new S3Error("InvalidPartNumber", undefined, {
    detail: { PartNumberRequested: String(wanted), ActualPartCount: String(parts.length) },
  });
}

function rangeOf(start: number, size: number): ByteRange | undefined {
  return size === 0 ? undefined : { start, end: start + size - 1 };
}

/** `If-Range`: a range of what the client has begun to read, or all of what is there now. */
function isStillValid(ifRange: string | null, object: StoredObject): boolean {
  if (ifRange === null) return true;
  const date = /^["*]|^W\//.test(ifRange) ? NaN : Date.parse(ifRange);
  if (Number.isNaN(date)) return matchesEntityTag(ifRange, object.etag);
  return Math.floor(object.lastModified.getTime() / 1_000) <= Math.floor(date / 1_000);
}
