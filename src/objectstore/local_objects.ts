/**
 * Objects in the words of the storage room, and back.
 *
 * @module
 */
import type {
  ObjectHeaders,
  StoredObject,
  WriteCondition as StoredCondition,
} from "../storage/model.ts";
import type { ObjectDescription, ObjectMetadata, WriteCondition } from "./object_store.ts";

/** Whose objects these are: the process's own. */
export const NOBODY = "";

const DEFAULT_CONTENT_TYPE = "application/octet-stream";

/** A body, as storage takes it. */
export function uploadOf(content: Uint8Array | AsyncIterable<Uint8Array>, size: number) {
  return { size, content, digests: () => ({}) };
}

/** What is kept with an object. */
export function headersOf(
  { contentType = DEFAULT_CONTENT_TYPE, metadata = {}, ...kept }: ObjectDescription,
): ObjectHeaders {
  const { contentDisposition, cacheControl, contentEncoding, contentLanguage } = kept;
  return {
    contentType,
    contentDisposition,
    cacheControl,
    contentEncoding,
    contentLanguage,
    metadata,
  };
}

/** What a write has to find. */
export function conditionOf({ ifAbsent, ifMatch }: WriteCondition): StoredCondition {
  if (ifMatch !== undefined) return { kind: "match", etag: ifMatch };
  return { kind: ifAbsent ? "absent" : "none" };
}

/** What is told of an object. */
export function metadataOf(
  { key, size, etag, lastModified, headers }: StoredObject,
): ObjectMetadata {
  const { contentType = DEFAULT_CONTENT_TYPE, metadata, ...kept } = headers;
  return {
    key,
    size,
    etag,
    lastModified,
    contentType,
    contentDisposition: kept.contentDisposition,
    cacheControl: kept.cacheControl,
    contentEncoding: kept.contentEncoding,
    contentLanguage: kept.contentLanguage,
    metadata,
  };
}
