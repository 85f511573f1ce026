/**
 * Reads a file that an option names.
 *
 * @param read makes of its text what it stands for
 * @throws {Error} whose message begins with the path and says why it cannot be read
 */
export async function readTextFile<T>(path: string, read: (text: string) => T): Promise<T> {
  try {
    return read(new TextDecoder("utf-8", { fatal: true }).decode(await Deno.readFile(path)));
  } catch (cause) {
    throw new Error(`${path}: ${reasonOf(cause)}`, { cause });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "may not be read";
  if (error instanceof Deno.errors.IsADirectory) return "is a directory";
  if (error instanceof TypeError) return "is not UTF-8 text";
  return error instanceof Error ? error.message : String(error);
}
