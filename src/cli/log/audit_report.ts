import { asJson } from "../../eventlog/as_json.ts";
import { type Audit, audit } from "../../eventlog/audit/audit.ts";
import {
  type CheckpointSummary,
  checkpointSummary,
} from "../../eventlog/audit/checkpoint_summary.ts";
import { decisionProof, findDecision } from "../../eventlog/audit/decision_proof.ts";
import { auditReport, auditSummary, integrityReason } from "../../eventlog/audit/report.ts";
import { CheckpointStore } from "../../eventlog/checkpoint/checkpoint_store.ts";
import { indentedJson } from "../../eventlog/indented_json.ts";
import { DirectoryObjects } from "../../eventlog/objects/directory.ts";
import type { OpenedLog } from "../../eventlog/open_log.ts";
import type { PublicKey } from "../../eventlog/signing_key.ts";
import {
  type Command,
  type CommandOptions,
  EXIT,
  type ExitCode,
  textOption,
  UsageError,
} from "../command.ts";
import { markdownLines, summaryLines } from "./audit_report/formats.ts";
import { readPublicKey } from "./key_file.ts";
import { writeNewFile } from "./new_file.ts";
import { runOnLog } from "./run_on_log.ts";
import { writeLines } from "./standard_output.ts";
import { JSON_OPTION, LOG_OPTIONS, openGivenLogToRead, WHICH_LOG_HELP } from "./which_log.ts";
import { wholeNumberOption } from "./whole_number.ts";

export const command: Command = {
  summary: "Report whether a log can be relied upon, and what was decided and done.",
  description: [
    "Verifies the log, the pointers of its decisions and the newest checkpoint beside it. Exit code 2",
    "when any of them is not right; the report is of what comes before. text is the summary.",
    "--proof prints one decision instead, with what it was made upon and what came of each of its",
    "actions: the first decision, or with --at-seq the one upon that event; exit code 2 where",
    "anything is missing or does not agree. Without --proof --at-seq ends the report at that event.",
    WHICH_LOG_HELP,
  ].join("\n"),
  options: {
    ...LOG_OPTIONS,
    format: { value: "FORMAT", meaning: "json, markdown (or md) or text. Default: json." },
    summary: { meaning: "Only a few fields." },
    proof: { meaning: "Print one decision, in JSON." },
    "at-seq": { value: "N", meaning: "The event that a decision was made upon, or the last one." },
    "checkpoints-dir": {
      value: "PATH",
      meaning: "Checkpoints, where they are not beside the log.",
    },
    "public-key": { value: "PEM", meaning: "Verify the checkpoint's signature with this key." },
    out: { value: "PATH", meaning: "A new file. Default: standard output." },
    ...JSON_OPTION,
  },
  async run(options) {
    const format = formatOf(options);
    const atSeq = wholeNumberOption(options, "at-seq");
    const keyPath = textOption(options, "public-key");
    const publicKey = keyPath === undefined ? undefined : await readPublicKey(keyPath);
    return await runOnLog(await openGivenLogToRead(options), async (opened) => {
      const store = storeOf(options, opened);
      const request = { opened, store, publicKey, atSeq };
      const { lines, code } = options["proof"] === true
        ? await prove(request)
        : await report(request, format, options["summary"] === true);
      await print(lines, textOption(options, "out"));
      return code;
    });
  },
};

/** Names of formats, with what they mean. */
const FORMATS = { json: "json", markdown: "markdown", md: "markdown", text: "text" } as const;

type Format = typeof FORMATS[keyof typeof FORMATS];

/** What a report is of. */
interface Request {
  readonly opened: OpenedLog;
  readonly store: CheckpointStore;
  readonly publicKey?: PublicKey;
  readonly atSeq?: number;
}

/** What to print, and how the command ends. */
interface Printed {
  readonly lines: readonly string[];
  readonly code: ExitCode;
}

function formatOf(options: CommandOptions): Format {
  const isJson = options["json"] === true || options["proof"] === true;
  const written = textOption(options, "format") ?? "json";
  if (!isFormat(written)) {
    throw new UsageError(`--format must be json, markdown or text, not ${JSON.stringify(written)}`);
  }
  const format = FORMATS[written];
  if (isJson && format !== "json") throw new UsageError("--json and --proof are in JSON only");
  return format;
}

function isFormat(written: string): written is keyof typeof FORMATS {
  return Object.hasOwn(FORMATS, written);
}

function storeOf(options: CommandOptions, { objects, prefix }: OpenedLog): CheckpointStore {
  const directory = textOption(options, "checkpoints-dir");
  return directory === undefined
    ? new CheckpointStore(objects, prefix)
    : new CheckpointStore(new DirectoryObjects(directory), "");
}

async function report(
  { opened, store, publicKey, atSeq }: Request,
  format: Format,
  isSummary: boolean,
): Promise<Printed> {
  const found = await audit(opened.log, atSeq);
  const kept = await store.latest(atSeq);
  const hashAt = (seq: number) => found.pointers.trigger(seq)?.hash;
  const checkpoint = kept && await checkpointSummary(store, kept, { publicKey, hashAt });
  const isSound = integrityReason(found, checkpoint) === null;
  return {
    lines: linesOf(found, checkpoint, format, isSummary),
    code: isSound ? EXIT.ok : EXIT.verificationFailed,
  };
}

function linesOf(
  found: Audit,
  checkpoint: CheckpointSummary | undefined,
  format: Format,
  isSummary: boolean,
): readonly string[] {
  if (format === "text") return summaryLines(auditSummary(found, checkpoint));
  if (format === "markdown") return markdownLines(auditReport(found, checkpoint));
  const said = isSummary ? auditSummary(found, checkpoint) : auditReport(found, checkpoint);
  return [indentedJson(asJson(said), "sorted")];
}

async function prove({ opened, store, publicKey, atSeq }: Request): Promise<Printed> {
  const found = await findDecision(opened.log, atSeq);
  if (found === undefined) {
    const none = { valid: false, error: "ActionsDecided not found for given seq" };
    return { lines: [indentedJson(asJson(none), "sorted")], code: EXIT.verificationFailed };
  }
  const { trigger } = found;
  const kept = trigger && await store.latest(trigger.seq);
  const checkpoint = kept && await checkpointSummary(store, kept, { publicKey });
  const { json, valid } = decisionProof(found, checkpoint);
  return {
    lines: [indentedJson(json, "sorted")],
    code: valid ? EXIT.ok : EXIT.verificationFailed,
  };
}

async function print(lines: readonly string[], out: string | undefined): Promise<void> {
  if (out === undefined) return await writeLines(lines);
  await writeNewFile(out, (take) => take(new TextEncoder().encode(`${lines.join("\n")}\n`)));
}
