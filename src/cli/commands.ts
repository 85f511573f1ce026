import type { Command } from "./command.ts";

/** A row of the table: a subcommand, loaded when it is called. */
export interface CommandRow {
  readonly name: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** All subcommands, in the order of the help. */
export const COMMANDS: readonly CommandRow[] = [
  { name: "serve", load: () => import("./serve.ts") },
  { name: "sync", load: () => import("./sync.ts") },
  { name: "validate", load: () => import("./validate.ts") },
  { name: "init", load: () => import("./init.ts") },
  { name: "version", load: () => import("./version.ts") },
];
