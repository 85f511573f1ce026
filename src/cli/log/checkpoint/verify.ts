import { CheckpointStore } from "../../../eventlog/checkpoint/checkpoint_store.ts";
import {
  CheckpointTextError,
  readCheckpoint,
} from "../../../eventlog/checkpoint/checkpoint_text.ts";
import type { StateCheckpoint } from "../../../eventlog/checkpoint/state_checkpoint.ts";
import { universeReducer } from "../../../eventlog/checkpoint/universe_reducer.ts";
import {
  type CheckpointFault,
  faultText,
  verifyFull,
  verifySignature,
} from "../../../eventlog/checkpoint/verify_checkpoint.ts";
import type { OpenedLog } from "../../../eventlog/open_log.ts";
import type { PublicKey } from "../../../eventlog/signing_key.ts";
import { type Command, EXIT, requiredOption } from "../../command.ts";
import { readPublicKey } from "../key_file.ts";
import { writeLines } from "../standard_output.ts";
import { JSON_OPTION, LOG_OPTIONS, openGivenLogToRead, WHICH_LOG_HELP } from "../which_log.ts";

export const command: Command = {
  summary: "Verify a checkpoint: its signature, or all that it says of a log.",
  description: [
    "Without --full the signature is verified, and that the state is the one that was signed; a FILE",
    "takes no log for that. With --full the log is verified from its beginning up to the",
    "checkpoint's event, and what it comes to is compared. Exit code 2 for a checkpoint that is not",
    "right.",
    WHICH_LOG_HELP,
  ].join("\n"),
  operands: { name: "FILE", meaning: "A checkpoint; latest is the newest that is kept." },
  options: {
    ...LOG_OPTIONS,
    "public-key": { value: "PEM", meaning: "File of the public key.", required: true },
    full: { meaning: "Compare it with the log." },
    ...JSON_OPTION,
  },
  async run(options, [operand = ""]) {
    const publicKey = await readPublicKey(requiredOption(options, "public-key"));
    const isFull = options["full"] === true;
    const needsLog = isFull || operand === LATEST;
    await using opened = needsLog ? await openGivenLogToRead(options) : undefined;
    const named = operand === LATEST && opened ? await latestOf(opened) : await fileOf(operand);
    const outcome = await verify(named, publicKey, isFull ? opened : undefined);
    await writeLines(
      options["json"] === true
        ? [JSON.stringify(reportOf(named, outcome, isFull))]
        : [lineOf(named, outcome, isFull)],
    );
    return outcome.fault === undefined ? EXIT.ok : EXIT.verificationFailed;
  },
};

/** Stands for the newest checkpoint that is kept beside the log. */
const LATEST = "latest";

/** What is to be verified. */
interface NamedCheckpoint {
  readonly name: string;
  /** @throws {CheckpointTextError} */
  read(): StateCheckpoint;
}

/** How it came out. */
interface Outcome {
  /** Absent for what is no checkpoint. */
  readonly checkpoint?: StateCheckpoint;
  readonly fault?: CheckpointFault | UnreadableFault;
}

/** What is no checkpoint. */
interface UnreadableFault extends Omit<CheckpointFault, "check"> {
  readonly check: "malformed";
}

async function latestOf({ objects, prefix, name }: OpenedLog): Promise<NamedCheckpoint> {
  const latest = await new CheckpointStore(objects, prefix).latest();
  const kept = latest && await objects.get(latest.key);
  if (latest === undefined || kept === undefined) throw new Error(`${name} has no checkpoint yet`);
  const text = new TextDecoder().decode(kept.bytes);
  return { name: `${objects.location}/${latest.key}`, read: () => readCheckpoint(text) };
}

async function fileOf(path: string): Promise<NamedCheckpoint> {
  try {
    const text = await Deno.readTextFile(path);
    return { name: path, read: () => readCheckpoint(text) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error(`${path}: there is no such file`, { cause: error });
  }
}

/** @param opened the log to compare it with; only the signature is verified without it */
async function verify(
  named: NamedCheckpoint,
  publicKey: PublicKey,
  opened: OpenedLog | undefined,
): Promise<Outcome> {
  let checkpoint: StateCheckpoint;
  try {
    checkpoint = named.read();
  } catch (error) {
    if (!(error instanceof CheckpointTextError)) throw error;
    return { fault: { check: "malformed", expected: "a checkpoint", found: error.message } };
  }
  const verdict = opened === undefined
    ? verifySignature(checkpoint, publicKey)
    : await verifyFull(checkpoint, publicKey, { log: opened.log, reducer: universeReducer });
  return verdict.ok ? { checkpoint } : { checkpoint, fault: verdict.fault };
}

function reportOf({ name }: NamedCheckpoint, { checkpoint, fault }: Outcome, isFull: boolean) {
  return {
    ok: fault === undefined,
    verification: isFull ? "full" : "signature",
    checkpoint_path: name,
    event_index: checkpoint?.eventIndex ?? null,
    event_hash: checkpoint?.eventHash ?? null,
    state_hash: checkpoint?.stateHash ?? null,
    pubkey_id: checkpoint?.pubkeyId ?? null,
    fault: fault ?? null,
  };
}

function lineOf({ name }: NamedCheckpoint, { checkpoint, fault }: Outcome, isFull: boolean) {
  if (fault !== undefined) return `${name} is not right: ${textOf(fault)}`;
  const what = isFull
    ? "its signature, the log up to there, and what it has come to"
    : "its signature";
  return `${name} is right: ${what} (event ${checkpoint?.eventIndex})`;
}

function textOf(fault: CheckpointFault | UnreadableFault): string {
  return fault.check === "malformed" ? fault.found : faultText({ ...fault, check: fault.check });
}
