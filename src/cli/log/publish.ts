import { noteSigner } from "../../eventlog/tlog/note.ts";
import { publish, type Published } from "../../eventlog/tlog/publisher.ts";
import { NoteError } from "../../eventlog/verify.ts";
import { toBase64 } from "../../eventlog/verify/bytes.ts";
import {
  type Command,
  type CommandOptions,
  EXIT,
  requiredOption,
  textOption,
  UsageError,
} from "../command.ts";
import { readSigningKey } from "./key_file.ts";
import { factLines } from "./printable.ts";
import { tellTlogFaults } from "./published.ts";
import { remember, rememberedTree } from "./publish/remembered.ts";
import { runOnLog } from "./run_on_log.ts";
import { writeLines } from "./standard_output.ts";
import { JSON_OPTION, LOG_OPTIONS, openGivenLogToRead, WHICH_LOG_HELP } from "./which_log.ts";

export const command: Command = {
  summary: "Publish a log so that outsiders can verify it, and sign how far it has come.",
  description: [
    "Writes what is new as a C2SP tlog-tiles log beside the log, under _tlog/: tiles and entries,",
    "which never change, then a signed checkpoint, which only moves forward. A log that does not go",
    "on from what is published is not signed: exit code 2. Prints the key that others verify with.",
    WHICH_LOG_HELP,
  ].join("\n"),
  options: {
    ...LOG_OPTIONS,
    key: { value: "PEM", meaning: "File of the private key.", required: true },
    origin: {
      value: "NAME",
      meaning: "Name of the log, such as example.com/log. Default: HOLDFAST_LOG_ORIGIN.",
    },
    remember: {
      value: "FILE",
      meaning: "Keep the checkpoint there too; what does not go on from it is refused.",
    },
    ...JSON_OPTION,
  },
  async run(options) {
    const origin = originOf(options);
    const key = await readSigningKey(requiredOption(options, "key"));
    const { verifierKey } = await usableSigner(origin, key);
    const file = textOption(options, "remember");
    return await runOnLog(
      await openGivenLogToRead(options),
      ({ log, objects, prefix, name }) =>
        tellTlogFaults(name, async () => {
          const remembered = file && await rememberedTree(file, verifierKey);
          const where = { log, objects, prefix, origin, key };
          const published = await publish({ ...where, ...remembered && { remembered } });
          if (file !== undefined) await remember(file, published.note);
          await writeLines(linesOf(published, options["json"] === true));
          return EXIT.ok;
        }),
    );
  },
};

const ORIGIN_VARIABLE = "HOLDFAST_LOG_ORIGIN";

function originOf(options: CommandOptions): string {
  const origin = textOption(options, "origin") || Deno.env.get(ORIGIN_VARIABLE);
  if (origin) return origin;
  throw new UsageError(`--origin or ${ORIGIN_VARIABLE} must name the log`);
}

async function usableSigner(...[origin, key]: Parameters<typeof noteSigner>) {
  try {
    return await noteSigner(origin, key);
  } catch (error) {
    if (!(error instanceof NoteError)) throw error;
    throw new UsageError(`--origin: ${error.message}`, { cause: error });
  }
}

function linesOf(
  { size, before, root, note, verifierKey }: Published,
  isJson: boolean,
): readonly string[] {
  const facts = { size, root: toBase64(root), verifier_key: verifierKey };
  if (isJson) return [JSON.stringify({ ...facts, before: before ?? null, checkpoint: note })];
  const added = before === undefined ? "" : ` (${size - before} new)`;
  return factLines([
    ["published", `${size} events${added}`],
    ["root", facts.root],
    ["verifier key", verifierKey],
  ]);
}
