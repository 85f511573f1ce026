import { syncDirectory } from "../../eventlog/durable_write.ts";

/** Takes bytes, in their order. */
export type TakeBytes = (bytes: Uint8Array) => Promise<void>;

/**
 * Writes a file that has its name only once it is whole, and then survives a crash.
 *
 * @param write is given where the bytes go
 * @throws {Error} where there is a file of that name, which stays as it is
 */
export async function writeNewFile<T>(
  path: string,
  write: (take: TakeBytes) => Promise<T>,
): Promise<T> {
  await demandFree(path);
  const unfinished = `${path}.unfinished-${crypto.randomUUID()}`;
  try {
    const written = await writeThrough(unfinished, write);
    // Unlike a rename, this fails where there is a file by now.
    await Deno.link(unfinished, path);
    await syncDirectory(path);
    return written;
  } catch (error) {
    throw error instanceof Deno.errors.AlreadyExists ? isThere(path, error) : error;
  } finally {
    await removeIfThere(unfinished);
  }
}

async function writeThrough<T>(path: string, write: (take: TakeBytes) => Promise<T>): Promise<T> {
  using file = await Deno.open(path, { createNew: true, write: true, mode: 0o600 });
  const written = await write(async (bytes) => {
    for (let at = 0; at < bytes.length;) at += await file.write(bytes.subarray(at));
  });
  await file.sync();
  return written;
}

/** Nobody is to learn of it after a long time only. */
async function demandFree(path: string): Promise<void> {
  try {
    await Deno.lstat(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  throw isThere(path);
}

function isThere(path: string, cause?: unknown): Error {
  return new Error(`${path} is there already; nothing was written`, { cause });
}

async function removeIfThere(path: string): Promise<void> {
  try {
    await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
