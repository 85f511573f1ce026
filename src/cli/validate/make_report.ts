import { VERSION } from "../../version.ts";
import type { CommandOptions } from "../command.ts";
import { CHECKS } from "./checks.ts";
import { chooseChecks } from "./choose_checks.ts";
import { openContext } from "./open_context.ts";
import type { Settings } from "./options.ts";
import type { Report } from "./report/sign_off.ts";
import { runChecks } from "./run_checks.ts";

/**
 * Runs the checks that were chosen.
 *
 * @param options say where the log is
 * @throws {UsageError} for options that cannot be meant
 * @throws {Error} that says why they could not be run
 * @throws the signal's reason
 */
export async function makeReport(
  settings: Settings,
  options: CommandOptions,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Report> {
  const { checks, leftOut } = chooseChecks(CHECKS, settings);
  await using opened = await openContext(settings, options, environment);
  const { context, clusterName, logName } = opened;
  const asksCluster = settings.phases.has("post");
  // Who names a kubeconfig that cannot be used hears of it once, not from every check.
  if (asksCluster && (settings.kubeconfig ?? settings.context) !== undefined) {
    await clusterName();
  }
  const at = context.now();
  const outcomes = await runChecks(checks, context, signal);
  const cluster = asksCluster ? await clusterName().catch(() => undefined) : undefined;
  const by = environment["USER"] || environment["LOGNAME"] || undefined;
  const { namespace } = settings;
  return {
    occasion: { at, by, version: VERSION, cluster, namespace, log: logName },
    outcomes,
    leftOut,
  };
}
