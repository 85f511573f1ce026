import { VERSION } from "../../version.ts";
import { type CommandOptions, EXIT, type ExitCode } from "../command.ts";
import { nextSignal } from "../serve/signals.ts";
import { CHECKS } from "./checks.ts";
import { chooseChecks } from "./choose_checks.ts";
import { openContext } from "./open_context.ts";
import { readSettings } from "./options.ts";
import { jsonReport } from "./report/json.ts";
import { junitReport } from "./report/junit.ts";
import type { Report } from "./report/sign_off.ts";
import { textReport } from "./report/text.ts";
import { runChecks } from "./run_checks.ts";

/**
 * Runs the production checklist, and prints what it comes to.
 *
 * @throws {UsageError} for options that cannot be meant
 * @throws {Error} that says why it could not be run, or not to its end
 */
export async function runChecklist(options: CommandOptions): Promise<ExitCode> {
  const environment = Deno.env.toObject();
  const settings = readSettings(options, environment);
  const { checks, leftOut } = chooseChecks(CHECKS, settings);
  await using opened = await openContext(settings, options, environment);
  const { context, logName } = opened;
  const asksCluster = settings.phases.has("post");
  // Who names a kubeconfig that cannot be used hears of it once, not from every check.
  if (asksCluster && (settings.kubeconfig ?? settings.context) !== undefined) {
    await context.cluster();
  }
  const at = context.now();
  const outcomes = await untilSignal((signal) => runChecks(checks, context, signal));
  const cluster = asksCluster
    ? await context.cluster().then(({ name }) => name, () => undefined)
    : undefined;
  const occasion = {
    at,
    by: environment["USER"] || environment["LOGNAME"] || undefined,
    version: VERSION,
    cluster,
    namespace: settings.namespace,
    log: logName,
  };
  const report: Report = { occasion, outcomes, leftOut };
  console.log(settings.asJson ? jsonReport(report) : textReport(report, terminal()).join("\n"));
  if (settings.junit !== undefined) await Deno.writeTextFile(settings.junit, junitReport(report));
  const hasFailed = outcomes.some(({ verdict }) => verdict === "fail");
  return hasFailed ? EXIT.verificationFailed : EXIT.ok;
}

/** Gives work up when this process is asked to end, and waits for it to clean up. */
async function untilSignal<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  nextSignal().then((name) => controller.abort(new Error(`given up on ${name}`)));
  return await work(controller.signal);
}

function terminal() {
  const isTerminal = Deno.stdout.isTerminal();
  return {
    width: isTerminal ? Deno.consoleSize().columns : undefined,
    hasColours: isTerminal && !Deno.noColor,
  };
}
