import { fileURLToPath } from "node:url";
import type { LogLocation } from "../../config/log_location.ts";
import { type OpenedLog, openLog } from "../../eventlog/open_log.ts";
import { type CommandOptions, UsageError } from "../command.ts";
import { command as inspect } from "../log/inspect.ts";
import { demandLogFile } from "../log/log_file.ts";
import { locationOf } from "../log/which_log.ts";
import { readGivenText } from "../text_file.ts";
import { readRenderings } from "./chart/renderings.ts";
import { parseSelector } from "./cluster/labels.ts";
import { metricsAt, metricsOfPods } from "./cluster/metrics.ts";
import { demandAnswer, openCluster } from "./cluster/open_cluster.ts";
import type { Context } from "./context.ts";
import { lazily } from "./lazily.ts";
import { logBucket } from "./log_bucket.ts";
import type { Settings } from "./options.ts";

/** A context that is open; disposing of it closes what the checks have opened. */
export interface OpenedContext extends AsyncDisposable {
  readonly context: Context;
  /**
   * URL of the API server; it is not asked for anything.
   *
   * @throws {ConfigError} where nobody says which
   */
  readonly clusterName: () => Promise<string>;
  /** For people: where the log is. */
  readonly logName: string;
}

/**
 * Puts together what the checks look at. Files are read now; everything else when it is wanted.
 *
 * @throws {UsageError} for options that cannot be meant
 * @throws {Error} for a file that is named and cannot be used
 */
export async function openContext(
  settings: Settings,
  options: CommandOptions,
  environment: Readonly<Record<string, string>>,
): Promise<OpenedContext> {
  const { namespace, release, lease, kubeconfig, context: kubeContext } = settings;
  const location = locationOf(options, environment);
  if (settings.policy !== undefined && location.kind === "file") {
    throw new UsageError("--policy is for a bucket; say which by --s3 s3://BUCKET/PREFIX");
  }
  const renderings = await Promise.all(settings.rendered.map(readRenderings));
  const policy = settings.policy === undefined
    ? undefined
    : { name: settings.policy, text: await readGivenText(settings.policy) };
  const stack = new AsyncDisposableStack();
  const found = lazily(async () =>
    stack.use(await openCluster({ kubeconfig, context: kubeContext }, environment))
  );
  const cluster = lazily(async () => {
    await demandAnswer(await found());
    return await found();
  });
  const opened = lazily(async () => stack.use(await openToRead(location)));
  const place = { cluster, namespace, selector: parseSelector(settings.selector) };
  return {
    context: {
      ...place,
      release,
      lease,
      renderings: renderings.flat(),
      rules: settings.rules ?? await besideSource("prometheus"),
      runbooks: settings.runbooks ?? await besideSource("runbooks"),
      fencingStatement: `${inspect.summary}\n${inspect.description ?? ""}`,
      bucket: logBucket(location, policy, environment),
      log: async () => (await opened()).log,
      metrics: settings.metrics.length > 0 ? metricsAt(settings.metrics) : metricsOfPods(place),
      prometheus: settings.prometheus,
      wait: settings.wait,
      interval: settings.interval,
      now: () => new Date(),
    },
    clusterName: async () => (await found()).name,
    logName: location.kind === "file"
      ? location.path
      : `s3://${location.bucket}/${location.prefix}`,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Opens a log that is not to change: its head object stays as it is, too. */
async function openToRead(location: LogLocation): Promise<OpenedLog> {
  if (location.kind !== "file") return openLog({ ...location, headKey: undefined });
  await demandLogFile(location.path);
  return openLog(location);
}

/** A directory of `deploy/`, where this program is run from its source. */
async function besideSource(name: string): Promise<string | undefined> {
  const url = new URL(`../../../deploy/${name}`, import.meta.url);
  if (url.protocol !== "file:") return undefined;
  const isThere = await Deno.stat(url).then(({ isDirectory }) => isDirectory, () => false);
  return isThere ? fileURLToPath(url) : undefined;
}
