import { CheckpointStore } from "../../../eventlog/checkpoint/checkpoint_store.ts";
import { checkpointText } from "../../../eventlog/checkpoint/checkpoint_text.ts";
import { createCheckpoint } from "../../../eventlog/checkpoint/create_checkpoint.ts";
import type { StateCheckpoint } from "../../../eventlog/checkpoint/state_checkpoint.ts";
import type { OpenedLog } from "../../../eventlog/open_log.ts";
import { type Command, EXIT, requiredOption, textOption } from "../../command.ts";
import { readSigningKey } from "../key_file.ts";
import { factLines } from "../printable.ts";
import { runOnLog } from "../run_on_log.ts";
import { writeLines } from "../standard_output.ts";
import { JSON_OPTION, LOG_OPTIONS, openGivenLogToRead, WHICH_LOG_HELP } from "../which_log.ts";

export const command: Command = {
  summary: "Verify a log to its end, and sign what it has come to.",
  description: [
    "The checkpoint is kept beside the log, where none is ever overwritten. The log is verified from",
    "the last checkpoint of that key on, or from its beginning where there is none.",
    WHICH_LOG_HELP,
  ].join("\n"),
  options: {
    ...LOG_OPTIONS,
    key: { value: "PEM", meaning: "File of the private key.", required: true },
    out: { value: "FILE", meaning: "Write it there instead, if there is no such file yet." },
    full: { meaning: "Verify the log from its beginning." },
    ...JSON_OPTION,
  },
  async run(options) {
    const key = await readSigningKey(requiredOption(options, "key"));
    return await runOnLog(await openGivenLogToRead(options), async (opened) => {
      const store = new CheckpointStore(opened.objects, opened.prefix);
      const goOn = options["full"] === true ? undefined : { store, publicKey: key.publicKey };
      const checkpoint = await createCheckpoint({ log: opened.log, key, goOn });
      const out = textOption(options, "out");
      const path = out === undefined
        ? await keep(checkpoint, store, opened)
        : await writeNew(out, checkpoint);
      const created = factsOf(checkpoint, path);
      await writeLines(
        options["json"] === true
          ? [JSON.stringify({ success: true, ...created })]
          : factLines(Object.entries(created).map(([name, value]) => [name, String(value)])),
      );
      return EXIT.ok;
    });
  },
};

async function keep(
  checkpoint: StateCheckpoint,
  store: CheckpointStore,
  { objects }: OpenedLog,
): Promise<string> {
  const { kind, key } = await store.save(checkpoint);
  const path = `${objects.location}/${key}`;
  if (kind !== "occupied") return path;
  throw new Error(`${path} is another checkpoint of that event; nothing was written: use --out`);
}

async function writeNew(path: string, checkpoint: StateCheckpoint): Promise<string> {
  try {
    await Deno.writeTextFile(path, checkpointText(checkpoint), { createNew: true });
    return path;
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    throw new Error(`${path} is there already; nothing was written`, { cause: error });
  }
}

function factsOf({ eventIndex, eventHash, stateHash, pubkeyId }: StateCheckpoint, path: string) {
  return {
    checkpoint_path: path,
    event_index: eventIndex,
    event_hash: eventHash,
    state_hash: stateHash,
    pubkey_id: pubkeyId,
  };
}
