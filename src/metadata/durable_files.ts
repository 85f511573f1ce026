import { closeSync, fsyncSync, openSync } from "node:fs";
import { NodeFS } from "@electric-sql/pglite/nodefs";

type Init = NodeFS["init"];

/** What Emscripten knows of an open file of its NODEFS. `nfd` is absent for a directory. */
interface OpenFile {
  readonly nfd?: number;
  readonly node: object;
}

/** Emscripten's NODEFS, as far as it is completed here. */
interface HostFiles {
  readonly stream_ops: { fsync?: (file: OpenFile) => number };
  realPath(node: object): string;
}

/**
 * PGlite's files in a directory, with an `fsync` that reaches the disk. Emscripten's NODEFS has
 * none: what PostgreSQL believes to be on disk would be lost with the power.
 */
export class DurableFiles extends NodeFS {
  override async init(...[pg, options]: Parameters<Init>): ReturnType<Init> {
    const { emscriptenOpts } = await super.init(pg, options);
    const addFsync = (module: object) => {
      // PGlite's types leave NODEFS out, though its own file system takes it from here too.
      const files = Reflect.get(module, "NODEFS") as HostFiles;
      files.stream_ops.fsync = (file) => fsync(files, file);
    };
    return {
      emscriptenOpts: { ...emscriptenOpts, preRun: [addFsync, ...preRunOf(emscriptenOpts)] },
    };
  }
}

type Options = Awaited<ReturnType<Init>>["emscriptenOpts"];
type PreRun = Extract<NonNullable<Options["preRun"]>, readonly unknown[]>;

function preRunOf({ preRun }: Options): PreRun {
  if (preRun === undefined) return [];
  return Array.isArray(preRun) ? preRun : [preRun];
}

function fsync(files: HostFiles, file: OpenFile): number {
  if (file.nfd !== undefined) {
    fsyncSync(file.nfd);
    return 0;
  }
  const directory = openSync(files.realPath(file.node), "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
  return 0;
}
