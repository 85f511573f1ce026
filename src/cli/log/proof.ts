import { type Command, type CommandOptions, type ExitCode, UsageError } from "../command.ts";
import { proveConsistency } from "./proof/consistency.ts";
import { proveInclusion } from "./proof/inclusion.ts";
import { verifyGivenProof } from "./proof/verify.ts";
import { JSON_OPTION, LOG_OPTIONS, WHICH_LOG_HELP } from "./which_log.ts";

export const command: Command = {
  summary: "Prove that an event is in a log, that the log has only grown, or verify a proof.",
  description: [
    "Proofs are made of what is published beside the log (checkpoint publish), and verified before",
    "they are printed.",
    "  --seq N [--size M]     that event N is among the first M; all that is published without M.",
    "                         Prints a C2SP tlog-proof, which is verified with --verify.",
    "  --from A [--to B]      that the first B events begin with the first A. Prints what C2SP",
    "                         witnesses take.",
    "  --verify --record FILE --proof FILE --key VKEY",
    "                         that the record is in the log that the key belongs to. Takes no log",
    "                         and no network. Exit code 2 where it is not.",
    WHICH_LOG_HELP,
  ].join("\n"),
  options: {
    ...LOG_OPTIONS,
    seq: { value: "N", meaning: "Prove this event." },
    size: { value: "M", meaning: "Among so many; other sizes than what is signed take --json." },
    from: { value: "A", meaning: "Prove that the log has only grown since it had A events." },
    to: { value: "B", meaning: "Up to B events; other sizes than what is signed take --json." },
    verify: { meaning: "Verify a proof." },
    record: { value: "FILE", meaning: "The record, as it is stored." },
    proof: { value: "FILE", meaning: "The proof." },
    key: { value: "VKEY", meaning: "The log's verifier key: name+id+key." },
    origin: { value: "NAME", meaning: "The log's name, where its key has another." },
    ...JSON_OPTION,
  },
  async run(options) {
    const [mode, ...others] = MODES.filter(({ named }) => options[named] !== undefined);
    if (mode === undefined || others.length > 0) {
      throw new UsageError("one of --seq, --from and --verify is needed");
    }
    const known = new Set([mode.named, "json", ...mode.others]);
    const stray = Object.keys(options).find((name) => !known.has(name));
    if (stray !== undefined) throw new UsageError(`--${mode.named} has no use for --${stray}`);
    return await mode.run(options);
  },
};

/** What the command does, by the option that asks for it. */
interface Mode {
  readonly named: string;
  /** Options that it takes beside that. */
  readonly others: readonly string[];
  readonly run: (options: CommandOptions) => Promise<ExitCode>;
}

const MODES: readonly Mode[] = [
  { named: "seq", others: [...Object.keys(LOG_OPTIONS), "size", "key"], run: proveInclusion },
  { named: "from", others: [...Object.keys(LOG_OPTIONS), "to", "key"], run: proveConsistency },
  { named: "verify", others: ["record", "proof", "key", "origin"], run: verifyGivenProof },
];
