/**
 * Standard output that is waited for: whoever reads it may be slow, or gone.
 *
 * @module
 */

/**
 * Writes lines, each with its end.
 *
 * @throws {Deno.errors.BrokenPipe} where nobody reads any more
 */
export async function writeLines(lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await writeOut(new TextEncoder().encode(`${lines.join("\n")}\n`));
}

/**
 * Writes bytes.
 *
 * @throws {Deno.errors.BrokenPipe} where nobody reads any more
 */
export async function writeOut(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}
