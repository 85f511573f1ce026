import {
  CheckpointStore,
  type KeptCheckpoint,
} from "../../../eventlog/checkpoint/checkpoint_store.ts";
import { CheckpointTextError } from "../../../eventlog/checkpoint/checkpoint_text.ts";
import { faultText, verifySignature } from "../../../eventlog/checkpoint/verify_checkpoint.ts";
import type { PublicKey } from "../../../eventlog/signing_key.ts";
import { type Command, EXIT, textOption } from "../../command.ts";
import { readPublicKey } from "../key_file.ts";
import { runOnLog } from "../run_on_log.ts";
import { writeLines } from "../standard_output.ts";
import { JSON_OPTION, LOG_OPTIONS, openGivenLogToRead, WHICH_LOG_HELP } from "../which_log.ts";

export const command: Command = {
  summary: "List the checkpoints that are kept beside a log.",
  description: [
    "With --public-key each one's signature is verified. What is no checkpoint is said to be none.",
    WHICH_LOG_HELP,
  ].join("\n"),
  options: {
    ...LOG_OPTIONS,
    "public-key": { value: "PEM", meaning: "File of the public key." },
    ...JSON_OPTION,
  },
  async run(options) {
    const path = textOption(options, "public-key");
    const publicKey = path === undefined ? undefined : await readPublicKey(path);
    return await runOnLog(await openGivenLogToRead(options), async ({ objects, prefix, name }) => {
      const store = new CheckpointStore(objects, prefix);
      const rows: CheckpointRow[] = [];
      for (const kept of await store.list()) rows.push(await rowOf(store, kept, publicKey));
      if (options["json"] === true) await writeLines([JSON.stringify({ checkpoints: rows })]);
      else if (rows.length === 0) await writeLines([`${name} has no checkpoint yet`]);
      else await writeLines(rows.map(lineOf));
      return EXIT.ok;
    });
  },
};

/** What is said of a checkpoint; fields as they are stored. */
interface CheckpointRow {
  readonly key: string;
  readonly event_index: number;
  readonly event_hash: string | null;
  readonly pubkey_id: string | null;
  /** `null` where no key was given. */
  readonly signature_valid: boolean | null;
  /** What is wrong with it. */
  readonly error: string | null;
}

async function rowOf(
  store: CheckpointStore,
  kept: KeptCheckpoint,
  publicKey: PublicKey | undefined,
): Promise<CheckpointRow> {
  const named = { key: kept.key, event_index: kept.eventIndex };
  try {
    const checkpoint = await store.read(kept);
    if (checkpoint === undefined) throw new CheckpointTextError("it is gone");
    const verdict = publicKey && verifySignature(checkpoint, publicKey);
    return {
      ...named,
      event_hash: checkpoint.eventHash,
      pubkey_id: checkpoint.pubkeyId,
      signature_valid: verdict?.ok ?? null,
      error: verdict === undefined || verdict.ok ? null : faultText(verdict.fault),
    };
  } catch (error) {
    if (!(error instanceof CheckpointTextError)) throw error;
    const unread = { event_hash: null, pubkey_id: null };
    const signature_valid = publicKey === undefined ? null : false;
    return { ...named, ...unread, signature_valid, error: error.message };
  }
}

function lineOf({ key, pubkey_id, signature_valid, error }: CheckpointRow): string {
  const said = error ?? (signature_valid === null ? "not verified" : "signature valid");
  return `${key}  ${pubkey_id ?? "-"}  ${said}`;
}
