/** Another process has the data directory. */
export class DataDirInUse extends Error {
  override readonly name = "DataDirInUse";

  constructor(dataDir: string) {
    super(`${dataDir} is in use by another process`);
  }
}

/**
 * Takes a data directory for this process, until what is returned is disposed of or the process
 * ends in whatever way. The directory is made when it is not there; only its owner may enter.
 *
 * @throws {DataDirInUse}
 */
export async function lockDataDir(dataDir: string): Promise<Disposable> {
  await Deno.mkdir(dataDir, { recursive: true, mode: 0o700 });
  const file = await Deno.open(`${dataDir}/lock`, { create: true, write: true, mode: 0o600 });
  if (await file.tryLock(true)) return file;
  file.close();
  throw new DataDirInUse(dataDir);
}
