import { randomBytes } from "node:crypto";
import { dirname } from "node:path";

/**
 * Puts a file that only its owner can read where there is none, whole and on the disk: of several
 * processes that do so at once one succeeds.
 *
 * @returns whether this one did
 */
export async function keepOnce(path: string, text: string): Promise<boolean> {
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  await writeDurably(temporary, text);
  try {
    // A link, unlike a rename, never replaces what another process has put there meanwhile.
    await Deno.link(temporary, path);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return false;
    throw error;
  } finally {
    await Deno.remove(temporary);
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  using file = await Deno.open(path, { write: true, createNew: true, mode: 0o600 });
  const bytes = new TextEncoder().encode(text);
  for (let written = 0; written < bytes.length;) {
    written += await file.write(bytes.subarray(written));
  }
  await file.sync();
}
