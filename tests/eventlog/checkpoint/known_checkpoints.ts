/**
 * A log and checkpoints of it that a Python program wrote, with the states that its events come to.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { FileLog } from "../../../src/eventlog/file_log.ts";
import { SigningKey } from "../../../src/eventlog/signing_key.ts";
import states from "./data/states.json" with { type: "json" };

/** Hashes of the states behind each event, and the key that signed. */
export const KNOWN = states;

/** The checkpoints, by the `seq` of their events. */
export const CHECKPOINT_FILES = {
  1: "cp_1_51962dbd.json",
  9: "cp_9_b688f701.json",
  17: "cp_17_575fd849.json",
} as const;

/** Reads one of them. */
export async function knownCheckpoint(index: keyof typeof CHECKPOINT_FILES): Promise<string> {
  return await Deno.readTextFile(pathOf(CHECKPOINT_FILES[index]));
}

/** The log, in place: to be read only. */
export function knownLog(): FileLog {
  return new FileLog({ path: KNOWN_LOG });
}

/** Where a file of that name is. */
export function pathOf(name: string): string {
  return new URL(`data/${name}`, import.meta.url).pathname;
}

/** Path of the log. */
export const KNOWN_LOG = pathOf("operator-log.jsonl");

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
