import { evidenceOf, openStores, servedLogOf } from "../../compose.ts";
import { type Config, loadConfig } from "../../config/config.ts";
import { defaultConfig } from "../../config/default_config.ts";
import type { Reindexed } from "../../evidence/reindex.ts";
import { configureLogs, flushLogs } from "../../telemetry/logs.ts";
import { type Command, EXIT, textOption } from "../command.ts";

export const command: Command = {
  summary: "Make the index of evidence again, from the log and the objects.",
  description: [
    "Finds what is in the index already, what other programs have put into the bucket, and what is not",
    "as it ought to be. What is under way is left alone, so servers may run meanwhile. Without --config",
    "it is the index of `serve` without --config, which must not be running.",
  ].join("\n"),
  options: {
    config: { value: "FILE", meaning: "Configuration, in YAML." },
    json: { meaning: "Print JSON." },
  },
  async run(options) {
    const path = textOption(options, "config");
    const environment = Deno.env.toObject();
    const config = path === undefined
      ? await defaultConfig(environment)
      : await loadConfig(path, environment);
    configureLogs(config.telemetry.logs);
    try {
      const done = await reindex(config);
      console.log(options["json"] === true ? JSON.stringify(done) : report(done));
      return done.wrong > 0 ? EXIT.verificationFailed : EXIT.ok;
    } finally {
      flushLogs();
    }
  },
};

async function reindex(config: Config): Promise<Reindexed> {
  await using stores = await openStores(config, true);
  await using eventLog = servedLogOf(config, stores, undefined);
  const store = evidenceOf(config, stores, eventLog);
  await using _objects = store.context.objects;
  return await store.reindex();
}

function report({ attachments, bundles, faults, withoutEvent, wrong }: Reindexed): string {
  const more = wrong > faults.length ? [`and ${wrong - faults.length} more`] : [];
  return [
    `${bundles} bundles, ${attachments} attachments; ${withoutEvent} of them are not in the log`,
    ...faults.map(({ key, problem }) => `${key}: ${problem}`),
    ...more,
    `${wrong === 0 ? "nothing" : wrong} wrong`,
  ].join("\n");
}
