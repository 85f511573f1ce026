import { join } from "node:path";
import { type OpenedLog, openLog } from "../../../eventlog/open_log.ts";
import { STANDARD_INPUT } from "../../text_file.ts";
import { demandLogFile, unfinishedBytes } from "../log_file.ts";

/**
 * Opens a log that is to be imported: a file of JSON Lines, with its segments where it has any, or
 * standard input, which is kept in a file meanwhile, since it is read more than once.
 *
 * @throws {Error} for a file that is not there, or ends within a line
 */
export async function openSource(file: string): Promise<OpenedLog> {
  return file === STANDARD_INPUT ? await openStandardInput() : await openFile(file, file);
}

async function openStandardInput(): Promise<OpenedLog> {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-import-" });
  const remove = () => Deno.remove(directory, { recursive: true });
  try {
    const path = join(directory, "events.jsonl");
    await Deno.writeFile(path, Deno.stdin.readable, { mode: 0o600 });
    return await openFile(path, "standard input", remove);
  } catch (error) {
    await remove();
    throw error;
  }
}

/** @param afterwards is run once the log is closed */
async function openFile(
  path: string,
  name: string,
  afterwards = () => Promise.resolve(),
): Promise<OpenedLog> {
  await demandLogFile(path);
  if (await unfinishedBytes(path) > 0) {
    throw new Error(`${name} ends within a line; nothing was imported`);
  }
  const opened = openLog({ kind: "file", path });
  const { log, objects, prefix } = opened;
  const close = async () => {
    await opened[Symbol.asyncDispose]();
    await afterwards();
  };
  return { log, objects, prefix, name, [Symbol.asyncDispose]: close };
}
