import type { Command } from "./command.ts";

/** A row of the table: a subcommand, loaded when it is called. */
export interface CommandRow {
  readonly name: string;
  readonly load: () => Promise<{ readonly command: Command }>;
}

/** A row that stands for several: `holdfast policy lint`, `holdfast policy test`, … */
export interface CommandGroup {
  readonly name: string;
  /** In a few words, as in a table of commands. */
  readonly summary: string;
  readonly commands: readonly (CommandRow | CommandGroup)[];
}

/** All subcommands, in the order of the help. */
export const COMMANDS: CommandGroup["commands"] = [
  { name: "serve", load: () => import("./serve.ts") },
  { name: "operator", load: () => import("./operator.ts") },
  { name: "sync", load: () => import("./sync.ts") },
  { name: "validate", load: () => import("./validate.ts") },
  { name: "init", load: () => import("./init.ts") },
  {
    name: "policy",
    summary: "Check bucket policies, put them on buckets, and prove that they hold.",
    commands: [
      { name: "lint", load: () => import("./policy/lint.ts") },
      { name: "test", load: () => import("./policy/test.ts") },
      { name: "apply", load: () => import("./policy/apply.ts") },
      { name: "verify", load: () => import("./policy/verify.ts") },
    ],
  },
  {
    name: "log",
    summary: "Append to logs of events, read, verify and prove them.",
    commands: [
      { name: "append", load: () => import("./log/append.ts") },
      { name: "show", load: () => import("./log/show.ts") },
      { name: "tail", load: () => import("./log/tail.ts") },
      { name: "head", load: () => import("./log/head.ts") },
      { name: "verify", load: () => import("./log/verify.ts") },
      { name: "export", load: () => import("./log/export.ts") },
      { name: "import", load: () => import("./log/import.ts") },
      { name: "proof", load: () => import("./log/proof.ts") },
      { name: "keygen", load: () => import("./log/keygen.ts") },
      {
        name: "checkpoint",
        summary: "Sign what a log has come to, and verify what was signed.",
        commands: [
          { name: "create", load: () => import("./log/checkpoint/create.ts") },
          { name: "verify", load: () => import("./log/checkpoint/verify.ts") },
          { name: "list", load: () => import("./log/checkpoint/list.ts") },
          { name: "publish", load: () => import("./log/publish.ts") },
        ],
      },
      { name: "inspect", load: () => import("./log/inspect.ts") },
      { name: "audit-report", load: () => import("./log/audit_report.ts") },
      { name: "verify-pointers", load: () => import("./log/verify_pointers.ts") },
    ],
  },
  {
    name: "evidence",
    summary: "Look after the evidence that is kept.",
    commands: [{ name: "reindex", load: () => import("./evidence/reindex.ts") }],
  },
  { name: "version", load: () => import("./version.ts") },
];

/** Every command, with those of the groups, each under all of its words: `policy lint`. */
export function everyCommand(rows = COMMANDS): readonly CommandRow[] {
  return rows.flatMap((row) =>
    "load" in row ? [row] : everyCommand(row.commands).map((command) => ({
      ...command,
      name: `${row.name} ${command.name}`,
    }))
  );
}
