/**
 * A directory of its own for each process (or thread) that uses a disk backend, for what is half
 * written. A lock on a file next to it says that its owner lives, so whatever a killed process left
 * is known for certain, and removed when the next one starts.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { openIfThere, removeIfThere, syncDirectory } from "./disk_files.ts";
import { type DiskLayout, SHARDS } from "./disk_layout.ts";

const LOCK_SUFFIX = ".lock";

/** The directory of one process, until {@link Staging.close}. */
export class Staging {
  private constructor(readonly directory: string, private readonly lock: Deno.FsFile) {}

  /** Makes the directories of a backend where they are missing, removes what dead processes left. */
  static async open(layout: DiskLayout): Promise<Staging> {
    await makeDirectories(layout);
    using turn = await Deno.open(layout.lock, { create: true, write: true });
    // One process starts at a time: none may take another's lock file for a dead one's.
    await turn.lock(true);
    await removeStale(layout.staging);
    const directory = join(layout.staging, randomUUID());
    const lock = await Deno.open(directory + LOCK_SUFFIX, { createNew: true, write: true });
    await lock.lock(true);
    await Deno.mkdir(directory);
    return new Staging(directory, lock);
  }

  /** A path in this directory that nothing else has. */
  newPath(): string {
    return join(this.directory, randomUUID());
  }

  /** Removes the directory and gives up the lock. */
  async close(): Promise<void> {
    await Deno.remove(this.directory, { recursive: true });
    await removeIfThere(this.directory + LOCK_SUFFIX);
    this.lock.close();
  }
}

async function makeDirectories(layout: DiskLayout): Promise<void> {
  for (const path of [layout.root, layout.objects, layout.uploads, layout.staging]) {
    await Deno.mkdir(path, { recursive: true });
  }
  for (const shard of SHARDS) await Deno.mkdir(join(layout.objects, shard), { recursive: true });
  await syncDirectory(layout.objects);
  await syncDirectory(layout.root);
}

async function removeStale(staging: string): Promise<void> {
  for await (const entry of Deno.readDir(staging)) {
    if (!entry.name.endsWith(LOCK_SUFFIX)) continue;
    const path = join(staging, entry.name);
    // Not there any more: its owner has just closed.
    using lock = await openIfThere(path);
    if (lock === undefined || !await lock.tryLock(true)) continue;
    const directory = path.slice(0, -LOCK_SUFFIX.length);
    await Deno.remove(directory, { recursive: true }).catch(unlessNotFound);
    await removeIfThere(path);
  }
}

function unlessNotFound(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
