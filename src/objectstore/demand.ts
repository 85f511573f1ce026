/**
 * What every store refuses, and what some would take for something else: refused before it is sent.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { MAX_PRESIGN_SECONDS } from "../sigv4/sign.ts";
import type { ByteRange, ObjectDescription } from "./object_store.ts";
import { ObjectStoreError } from "./object_store_error.ts";

/** Bytes. Source: "Naming Amazon S3 objects". */
const LONGEST_KEY = 1_024;

/** Names and values together, in bytes. Source: "Working with object metadata". */
const MOST_METADATA = 2_048;

/** What a header carries unchanged. Source: RFC 9110, section 5.5. */
const HEADER_VALUE = /^(?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?$/;

/** Source: RFC 9110, section 5.6.2, in lower case. */
const HEADER_NAME = /^[a-z0-9!#$%&'*+.^_`|~-]+$/;

/** Lets a key pass that an object may have: 1 to 1,024 bytes of UTF-8, without NUL. */
export function demandKey(key: string): string {
  if (key === "" || key.includes("\0") || !key.isWellFormed()) {
    throw refused("InvalidURI", `${JSON.stringify(key)} is no key of an object`);
  }
  const size = Buffer.byteLength(key);
  if (size <= LONGEST_KEY) return key;
  throw refused("KeyTooLongError", `the key has ${size} bytes, and at most ${LONGEST_KEY} are`);
}

/** Lets pass what headers can carry, and what there is room for. */
export function demandDescription({ metadata = {}, ...description }: ObjectDescription): void {
  const { contentType, contentDisposition, cacheControl } = description;
  const { contentEncoding, contentLanguage } = description;
  const kept = { contentType, contentDisposition, cacheControl, contentEncoding, contentLanguage };
  for (const [name, value = ""] of Object.entries(kept)) demandValue(name, value);
  let size = 0;
  for (const [name, value] of Object.entries(metadata)) {
    if (!HEADER_NAME.test(name)) {
      throw refused("InvalidArgument", `${JSON.stringify(name)} is no name of metadata`);
    }
    demandValue(`metadata ${name}`, value);
    size += name.length + value.length;
  }
  if (size <= MOST_METADATA) return;
  throw refused("MetadataTooLarge", `${size} bytes of metadata, and at most ${MOST_METADATA} are`);
}

/** Lets a range pass that has at least one byte, wherever that lies. */
export function demandRange(range: ByteRange | undefined): void {
  if (range === undefined || isRange(range)) return;
  throw refused("InvalidRange", `${JSON.stringify(range)} is no range of bytes`);
}

/** Lets pass how many things may be under way at once. */
export function demandConcurrency(concurrency: number): void {
  if (Number.isInteger(concurrency) && concurrency >= 1) return;
  throw refused("InvalidArgument", `at least one part is under way, not ${concurrency}`);
}

/** Lets pass how long a URL or a form is good for. */
export function demandExpiry(expiresIn: number): void {
  if (Number.isInteger(expiresIn) && expiresIn >= 1 && expiresIn <= MAX_PRESIGN_SECONDS) return;
  const message = `what is signed is good for 1 to ${MAX_PRESIGN_SECONDS} s, not for ${expiresIn}`;
  throw refused("InvalidArgument", message);
}

function demandValue(name: string, value: string): void {
  if (HEADER_VALUE.test(value)) return;
  throw refused("InvalidArgument", `${name} cannot be carried by a header`);
}

function isRange(range: ByteRange): boolean {
  if ("suffix" in range) return Number.isSafeInteger(range.suffix) && range.suffix > 0;
  const { start, end = start } = range;
  return Number.isSafeInteger(start) && Number.isSafeInteger(end) && start >= 0 && start <= end;
}

function refused(code: string, message: string): ObjectStoreError {
  return new ObjectStoreError("Refused", message, { code });
}
