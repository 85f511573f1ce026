/**
 * What an operator knows of a log from before: where it once ended, and a signed checkpoint.
 *
 * @module
 */
import { readCheckpoint } from "../../../eventlog/checkpoint/checkpoint_text.ts";
import type { StateCheckpoint } from "../../../eventlog/checkpoint/state_checkpoint.ts";
import { FIRST_PREV_HASH } from "../../../eventlog/record.ts";
import type { PublicKey } from "../../../eventlog/signing_key.ts";
import type { LogPosition } from "../../../eventlog/verifier.ts";
import { type CommandOption, type CommandOptions, textOption, UsageError } from "../../command.ts";
import { hashOption } from "../hash_option.ts";
import { readPublicKey } from "../key_file.ts";
import { readTextFile } from "../../text_file.ts";
import { wholeNumberOption } from "../whole_number.ts";

/** The options that say what is known. */
export const KNOWN_OPTIONS: Readonly<Record<string, CommandOption>> = {
  "expect-size": { value: "N", meaning: "The log had so many events once." },
  "expect-head": { value: "HASH", meaning: "The last of those had this hash." },
  checkpoint: { value: "FILE", meaning: "A signed checkpoint: what comes after it is verified." },
  "public-key": { value: "PEM", meaning: "The file with the key that has signed it." },
};

/** A checkpoint, and the key that is to have signed it. */
export interface GivenCheckpoint {
  readonly checkpoint: StateCheckpoint;
  readonly publicKey: PublicKey;
}

/**
 * The end that the log once had; `undefined` where nothing is said.
 *
 * @throws {UsageError} for half of it, and for what can never have been
 */
export function rememberedEnd(options: CommandOptions): LogPosition | undefined {
  const nextSeq = wholeNumberOption(options, "expect-size");
  const prevHash = hashOption(options, "expect-head");
  if (nextSeq === undefined && prevHash === undefined) return undefined;
  if (nextSeq === undefined || prevHash === undefined) {
    throw new UsageError("--expect-size and --expect-head go together");
  }
  if (nextSeq === 0 && prevHash !== FIRST_PREV_HASH) {
    throw new UsageError("--expect-size 0 goes with an --expect-head of 64 zeros");
  }
  return { nextSeq, prevHash };
}

/**
 * The checkpoint that is given, not verified yet; `undefined` where none is.
 *
 * @throws {UsageError} for a checkpoint without a key, or a key without a checkpoint
 * @throws {Error} that names a file that cannot be read
 */
export async function givenCheckpoint(
  options: CommandOptions,
): Promise<GivenCheckpoint | undefined> {
  const file = textOption(options, "checkpoint");
  const key = textOption(options, "public-key");
  if (file === undefined && key === undefined) return undefined;
  if (file === undefined || key === undefined) {
    throw new UsageError("--checkpoint and --public-key go together");
  }
  return {
    checkpoint: await readTextFile(file, readCheckpoint),
    publicKey: await readPublicKey(key),
  };
}
