/** What stands for standard input in place of a file's name. */
export const STANDARD_INPUT = "-";

/**
 * Reads a file that an option names.
 *
 * @param read makes of its text what it stands for
 * @throws {Error} whose message begins with the path and says why it cannot be read
 */
export async function readTextFile<T>(path: string, read: (text: string) => T): Promise<T> {
  try {
    return read(textOf(await Deno.readFile(path)));
  } catch (error) {
    throw unreadable(path, error);
  }
}

/**
 * Reads a file as an operator names it.
 *
 * @param path a file, or {@link STANDARD_INPUT}
 * @throws {Error} whose message begins with the path and says why it cannot be read
 */
export async function readGivenText(path: string): Promise<string> {
  if (path !== STANDARD_INPUT) return await readTextFile(path, (text) => text);
  try {
    return textOf(await new Response(Deno.stdin.readable).bytes());
  } catch (error) {
    throw unreadable(path, error);
  }
}

function textOf(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

function unreadable(path: string, cause: unknown): Error {
  return new Error(`${path}: ${reasonOf(cause)}`, { cause });
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "may not be read";
  if (error instanceof Deno.errors.IsADirectory) return "is a directory";
  if (error instanceof TypeError) return "is not UTF-8 text";
  return error instanceof Error ? error.message : String(error);
}
