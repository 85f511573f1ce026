import process from "node:process";
// @ts-types="@types/cli-progress"
import { Presets, SingleBar } from "cli-progress";
import type { Backend } from "../backends/backend.ts";
import { openStores } from "../compose.ts";
import { type Config, loadConfig } from "../config/config.ts";
import { countHeld, syncBackend, type SyncOptions, type SyncProgress } from "../storage/sync.ts";
import { configureLogs, flushLogs, log } from "../telemetry/logs.ts";
import {
  type Command,
  type CommandOptions,
  EXIT,
  requiredOption,
  textOption,
  UsageError,
} from "./command.ts";

export const command: Command = {
  summary: "Import the objects that a backend already holds.",
  description: [
    "Objects keep their keys and appear in the virtual bucket. What is known is skipped, and so is",
    "what Holdfast wrote itself, so a run that broke off can simply be run again.",
  ].join("\n"),
  options: {
    config: { value: "FILE", meaning: "Configuration, in YAML.", required: true },
    backend: { value: "NAME", meaning: "The backend to import from.", required: true },
    prefix: { value: "PREFIX", meaning: "Only keys that begin with this." },
    "dry-run": { meaning: "Say what would be imported, and import nothing." },
    "over-quota": { meaning: "Import even what the backend's quota has no room for." },
  },
  async run(options) {
    const path = requiredOption(options, "config");
    const name = requiredOption(options, "backend");
    const config = await loadConfig(path, Deno.env.toObject());
    if (!config.backends.some((backend) => backend.name === name)) {
      throw new UsageError(`${path} has no backend ${name}`);
    }
    configureLogs(config.telemetry.logs);
    try {
      const total = await sync(config, name, options);
      console.log(summary(total, options["dry-run"] === true));
      return EXIT.ok;
    } finally {
      flushLogs();
    }
  },
};

async function sync(config: Config, name: string, options: CommandOptions): Promise<SyncProgress> {
  await using stores = await openStores(config, true);
  const backend = stores.backends.find((each) => each.name === name);
  if (!backend) throw new Error(`backend ${name} was not opened`);
  const work: SyncOptions = {
    sql: stores.database.sql,
    backend,
    bucket: config.server.virtual_bucket,
    prefix: textOption(options, "prefix") ?? "",
    dryRun: options["dry-run"] === true,
    overQuota: options["over-quota"] === true,
  };
  const show = Deno.stderr.isTerminal() ? await bar(backend, work.prefix) : logLines(name);
  let total: SyncProgress = { page: 0, imported: 0, skipped: 0, bytes: 0 };
  try {
    for await (const progress of syncBackend(work)) {
      total = progress;
      show.update(progress);
    }
  } finally {
    show.stop();
  }
  return total;
}

/** Shows how far the import is. */
interface ProgressView {
  update(progress: SyncProgress): void;
  stop(): void;
}

function logLines(backend: string): ProgressView {
  return {
    update: (progress) => log.info("synced page {page}", { backend, ...progress }),
    stop: () => {},
  };
}

/** A bar needs to know how much there is: listing costs little beside asking for each object. */
async function bar(backend: Backend, prefix: string): Promise<ProgressView> {
  const held = await countHeld(backend, prefix);
  const shown = new SingleBar(
    {
      format: "{bar} {percentage}% | {value}/{total} objects | {imported} imported | ETA {eta}s",
      stream: process.stderr,
    },
    Presets.shades_classic,
  );
  shown.start(held, 0, { imported: 0 });
  return {
    update: ({ imported, skipped }) => shown.update(imported + skipped, { imported }),
    stop: () => shown.stop(),
  };
}

function summary({ imported, skipped, bytes }: SyncProgress, dryRun: boolean): string {
  const verb = dryRun ? "would import" : "imported";
  return `${verb} ${imported} objects (${bytes} bytes), skipped ${skipped}`;
}
