/**
 * A log and checkpoints of it that a Python program wrote, with the states that its events come to.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { FileLog } from "../../../src/eventlog/file_log.ts";
import { SigningKey } from "../../../src/eventlog/signing_key.ts";
import known from "./data/known.json" with { type: "json" };

/** The hashes of the states behind each event, the key that signed, and the files by their names. */
export const KNOWN = known;

/** The names of the checkpoints, by the `seq` of their events. */
export const CHECKPOINT_NAMES = {
  1: "cp_1_51962dbd.json",
  9: "cp_9_b688f701.json",
  17: "cp_17_575fd849.json",
} as const;

/** One of them, as it was written. */
export function knownCheckpoint(index: keyof typeof CHECKPOINT_NAMES): string {
  return KNOWN.checkpoints[CHECKPOINT_NAMES[index]];
}

/** Path of the log. */
export const KNOWN_LOG = new URL("data/operator-log.jsonl", import.meta.url).pathname;

/** The log, in place: to be read only. */
export function knownLog(): FileLog {
  return new FileLog({ path: KNOWN_LOG });
}

/** The key that signed them: made of the bytes from 0 to 31, and a secret to nobody. */
export function knownKey(): SigningKey {
  return keyOf(Uint8Array.from({ length: 32 }, (_, at) => at));
}

/** The key of a seed. Source: RFC 8410, section 7 (what stands before the 32 bytes in PKCS#8). */
export function keyOf(seed: Uint8Array): SigningKey {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  const label = "PRIVATE KEY";
  return SigningKey.fromPem(
    `-----BEGIN ${label}-----\n${der.toString("base64")}\n-----END ${label}-----\n`,
  );
}
