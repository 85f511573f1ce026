import { type Finding, lintPolicy } from "../../policy/lint.ts";
import { type Command, EXIT, type ExitCode, textOption } from "../command.ts";
import { count, countFindings, findingLine, isError } from "./findings.ts";
import { readGivenText } from "../text_file.ts";

export const command: Command = {
  summary: "Say what is wrong with bucket policies, before a bucket has them.",
  description: [
    "Errors are what a store would refuse, and what cannot do what it seems to say. Warnings are",
    "what is often meant otherwise. Exit code 2 when there is an error, 1 when a file cannot be",
    "read, 0 otherwise.",
  ].join("\n"),
  operands: { name: "FILE", meaning: "Policy in JSON; - reads standard input.", several: true },
  options: {
    bucket: {
      value: "BUCKET",
      meaning: "The bucket it is for: put in place of BUCKET; any other is an error.",
    },
    json: { meaning: "Print an array of findings, each with its file." },
  },
  async run(options, files) {
    const checked = await Promise.all(
      files.map((file) => check(file, textOption(options, "bucket"))),
    );
    for (const { unreadable } of checked) if (unreadable) console.error(unreadable);
    console.log(options["json"] === true ? json(checked) : report(checked));
    return exitCode(checked);
  },
};

/** A file, and what was found in it. */
interface CheckedFile {
  readonly file: string;
  /** Why it could not be read; absent when it could. */
  readonly unreadable?: string;
  readonly findings: readonly Finding[];
}

async function check(file: string, bucket?: string): Promise<CheckedFile> {
  let text: string;
  try {
    text = await readGivenText(file);
  } catch (error) {
    return {
      file,
      findings: [],
      unreadable: error instanceof Error ? error.message : String(error),
    };
  }
  return { file, findings: lintPolicy(text, { bucket }) };
}

function json(checked: readonly CheckedFile[]): string {
  const all = checked.flatMap(({ file, findings }) => findings.map((each) => ({ file, ...each })));
  return JSON.stringify(all, null, 2);
}

function report(checked: readonly CheckedFile[]): string {
  const readable = checked.filter(({ unreadable }) => unreadable === undefined);
  const all = readable.flatMap(({ findings }) => findings);
  return [
    ...readable.flatMap(({ file, findings }) => findings.map((each) => findingLine(file, each))),
    `${count(readable.length, "file")}: ${countFindings(all)}`,
  ].join("\n");
}

function exitCode(checked: readonly CheckedFile[]): ExitCode {
  if (checked.some(({ unreadable }) => unreadable !== undefined)) return EXIT.failed;
  const isFaulty = checked.some(({ findings }) => findings.some(isError));
  return isFaulty ? EXIT.verificationFailed : EXIT.ok;
}
