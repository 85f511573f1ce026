/** What stands for standard input in place of a file's name. */
export const STANDARD_INPUT = "-";

/**
 * Reads a policy as an operator names it.
 *
 * @param path a file, or {@link STANDARD_INPUT}
 * @throws {Error} whose message begins with the path and says why it cannot be read
 */
export async function readPolicyFile(path: string): Promise<string> {
  try {
    const bytes = path === STANDARD_INPUT
      ? await new Response(Deno.stdin.readable).bytes()
      : await Deno.readFile(path);
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    throw new Error(`${path}: ${reason(error)}`, { cause: error });
  }
}

function reason(error: unknown): string {
  if (error instanceof Deno.errors.NotFound) return "there is no such file";
  if (error instanceof Deno.errors.PermissionDenied) return "may not be read";
  if (error instanceof Deno.errors.IsADirectory) return "is a directory";
  if (error instanceof TypeError) return "is not UTF-8 text";
  return error instanceof Error ? error.message : String(error);
}
