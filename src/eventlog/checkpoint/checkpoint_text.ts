/**
 * Checkpoints as they are stored: an object of JSON on indented lines.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { indentedJson } from "../indented_json.ts";
import {
  isJsonObject,
  type Json,
  JsonError,
  JsonNumber,
  type JsonObject,
  parseJson,
} from "../json.ts";
import { CHECKPOINT_VERSION, type StateCheckpoint } from "./state_checkpoint.ts";

/** What is no checkpoint. The message names the field. */
export class CheckpointTextError extends Error {
  override readonly name = "CheckpointTextError";
}

/** A checkpoint as existing operators write it, without an end of line. */
export function checkpointText(checkpoint: StateCheckpoint): string {
  return indentedJson({
    version: new JsonNumber(String(CHECKPOINT_VERSION)),
    event_index: new JsonNumber(String(checkpoint.eventIndex)),
    event_hash: checkpoint.eventHash,
    state_hash: checkpoint.stateHash,
    state_bytes: Buffer.from(checkpoint.stateBytes).toString("base64"),
    created_at_logical: checkpoint.createdAtLogical,
    pubkey_id: checkpoint.pubkeyId,
    signature: Buffer.from(checkpoint.signature).toString("base64"),
    meta: checkpoint.meta,
  });
}

/**
 * Reads a checkpoint. Nothing may be there that no field is for: nobody would have signed it.
 *
 * @throws {CheckpointTextError}
 */
export function readCheckpoint(text: string): StateCheckpoint {
  const stored = readObject(text);
  const unknown = Object.keys(stored).find((name) => !NAMES.has(name));
  if (unknown !== undefined) {
    throw new CheckpointTextError(`${JSON.stringify(unknown)} is not part of a checkpoint`);
  }
  if (integer(stored, "version") !== String(CHECKPOINT_VERSION)) {
    throw new CheckpointTextError(`version must be ${CHECKPOINT_VERSION}`);
  }
  return {
    eventIndex: eventIndex(stored),
    eventHash: hex(stored, "event_hash", 64),
    stateHash: hex(stored, "state_hash", 64),
    stateBytes: base64(stored, "state_bytes"),
    createdAtLogical: new JsonNumber(integer(stored, "created_at_logical")),
    pubkeyId: hex(stored, "pubkey_id", 16),
    signature: base64(stored, "signature"),
    meta: meta(stored["meta"]),
  };
}

/** Names as they are stored. */
const NAMES: ReadonlySet<string> = new Set([
  "created_at_logical",
  "event_hash",
  "event_index",
  "meta",
  "pubkey_id",
  "signature",
  "state_bytes",
  "state_hash",
  "version",
]);

function readObject(text: string): JsonObject {
  let stored: Json;
  try {
    stored = parseJson(text);
  } catch (cause) {
    if (!(cause instanceof JsonError)) throw cause;
    throw new CheckpointTextError(cause.message, { cause });
  }
  if (isJsonObject(stored)) return stored;
  throw new CheckpointTextError("a checkpoint must be an object");
}

function eventIndex(stored: JsonObject): number {
  const index = Number(integer(stored, "event_index"));
  if (Number.isSafeInteger(index) && index >= 0) return index;
  throw new CheckpointTextError("event_index must be an integer from 0 on");
}

/** One that is written as Python writes it, so that what is signed can be written again. */
function integer(stored: JsonObject, name: string): string {
  const value = stored[name];
  if (value instanceof JsonNumber && /^(?:0|-?[1-9]\d*)$/.test(value.text)) return value.text;
  throw new CheckpointTextError(`${name} must be an integer`);
}

function hex(stored: JsonObject, name: string, digits: number): string {
  const value = stored[name];
  if (typeof value === "string" && value.length === digits && /^[0-9a-f]+$/.test(value)) {
    return value;
  }
  throw new CheckpointTextError(`${name} must be ${digits} digits of hex`);
}

/** Only the one way in which bytes are written will do. */
function base64(stored: JsonObject, name: string): Uint8Array {
  const value = stored[name];
  const bytes = Buffer.from(typeof value === "string" ? value : "", "base64");
  if (bytes.length > 0 && bytes.toString("base64") === value) return new Uint8Array(bytes);
  throw new CheckpointTextError(`${name} must be base64`);
}

function meta(value: Json | undefined): JsonObject {
  if (value === undefined) return {};
  if (isJsonObject(value)) return value;
  throw new CheckpointTextError("meta must be an object");
}
