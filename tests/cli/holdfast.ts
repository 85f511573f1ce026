/** The command line, run to its end as its task runs it. @module */
import { REPOSITORY } from "../harness/server.ts";

/** How a run ended, and what it printed. */
export interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `holdfast ARGS`, with nothing on standard input unless a text is given. */
export async function holdfast(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input = "",
): Promise<Run> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["task", "--quiet", "holdfast", ...args],
    cwd: REPOSITORY,
    env: { NO_COLOR: "1", ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  // A program that does not read is done before it is told everything.
  const written = ReadableStream.from([new TextEncoder().encode(input)])
    .pipeTo(child.stdin).catch(() => {});
  const [{ code, stdout, stderr }] = await Promise.all([child.output(), written]);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Runs with an empty directory that is gone afterwards. */
export async function inDirectory(run: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-cli-" });
  try {
    await run(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
