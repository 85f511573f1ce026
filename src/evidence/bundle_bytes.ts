/**
 * Bundles as the bytes of objects, and what is hashed of them.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type Json, JsonError } from "../eventlog/json.ts";
import { readBundle } from "./bundle.ts";
import type { Bundle } from "./model.ts";
import { pythonJson } from "./python_json.ts";

/** SHA-256 of bytes, or of a text in UTF-8; hex. */
export function sha256Hex(content: string | Uint8Array): string {
  return createHash("sha256").update(content).digest("hex");
}

/**
 * The checksum of evidence: of Python's form of it, hex.
 *
 * @throws {JsonError} for what Python would not write
 */
export function checksumOf(evidenceData: Json): string {
  return sha256Hex(pythonJson(evidenceData));
}

/**
 * Reads the bundle of an object; its checksum is not verified.
 *
 * @throws {JsonError} that names what is wrong
 */
export function bundleOfBytes(
  bytes: Uint8Array,
): { readonly bundle: Bundle; readonly text: string } {
  const text = textOf(bytes);
  return { bundle: readBundle(text), text };
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new JsonError("it is not UTF-8", { cause });
  }
}
