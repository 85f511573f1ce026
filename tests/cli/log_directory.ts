/** Logs for tests of the commands. @module */
import { holdfast, inDirectory, type Run } from "./holdfast.ts";

/** The path of a log that is kept for tests: `log-v1`. */
export function keptLog(name: string): string {
  return new URL(`../eventlog/data/${name}.jsonl`, import.meta.url).pathname;
}

/** A directory of a test's own, with the path of a log that is not there yet. */
export interface LogDirectory {
  readonly directory: string;
  readonly path: string;
  /** Runs `holdfast log ARGS --file PATH`. */
  log(
    args: readonly string[],
    env?: Readonly<Record<string, string>>,
    input?: string,
  ): Promise<Run>;
  /** Puts the lines of a kept log into the path. */
  fill(name: string, lines?: (all: readonly string[]) => readonly string[]): Promise<void>;
}

/** Runs a test with a directory that is gone afterwards. */
export async function withLog(run: (at: LogDirectory) => Promise<void>): Promise<void> {
  await inDirectory(async (directory) => {
    const path = `${directory}/events.jsonl`;
    await run({
      directory,
      path,
      log: ([command = "", ...args], env, input) =>
        holdfast(["log", command, "--file", path, ...args], env, input),
      async fill(name, lines = (all) => all) {
        const all = (await Deno.readTextFile(keptLog(name))).trimEnd().split("\n");
        await Deno.writeTextFile(path, lines(all).map((line) => `${line}\n`).join(""));
      },
    });
  });
}

/** What a command printed with `--json`: an object for each of its lines. */
export function printed({ stdout }: Run): readonly Record<string, unknown>[] {
  return stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
}
