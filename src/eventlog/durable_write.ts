import { dirname } from "node:path";

/** Makes a file, and sees to it that it and its name survive a crash. */
export async function writeThrough(path: string, bytes: Uint8Array): Promise<void> {
  using file = await Deno.open(path, { createNew: true, write: true, mode: 0o600 });
  for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  await file.sync();
  await syncDirectory(path);
}

/** Without it the name of a file that was just made, or moved, may not survive a crash. */
export async function syncDirectory(path: string): Promise<void> {
  using directory = await Deno.open(dirname(path));
  await directory.sync();
}

/** Makes a directory and those above it that are missing, and sees to it that they survive a crash. */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await Deno.mkdir(path);
  } catch (error) {
    if (error instanceof Deno.errors.AlreadyExists) return;
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    await makeDirectory(dirname(path));
    return await makeDirectory(path);
  }
  await syncDirectory(path);
}
