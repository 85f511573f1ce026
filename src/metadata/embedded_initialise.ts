import { PGlite } from "@electric-sql/pglite";

/**
 * Makes the files of an empty database in `directory`, unless they are there. They appear there all
 * at once, so that a process killed on the way leaves nothing that looks like a database.
 */
export async function initialise(directory: string): Promise<void> {
  if (await isThere(directory)) return;
  const unfinished = `${directory}.new`;
  await Deno.remove(unfinished, { recursive: true }).catch(unlessNotFound);
  await Deno.mkdir(unfinished, { recursive: true, mode: 0o700 });
  const database = await PGlite.create(unfinished);
  await database.close();
  await syncAll(unfinished);
  await Deno.rename(unfinished, directory);
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, unlessNotFound);
}

function unlessNotFound(error: unknown): false {
  if (error instanceof Deno.errors.NotFound) return false;
  throw error;
}

async function syncAll(path: string): Promise<void> {
  for await (const entry of Deno.readDir(path)) {
    if (entry.isDirectory) await syncAll(`${path}/${entry.name}`);
    else await sync(`${path}/${entry.name}`);
  }
  await sync(path);
}

async function sync(path: string): Promise<void> {
  using file = await Deno.open(path);
  await file.sync();
}
