import { type CommandOptions, EXIT, type ExitCode } from "../command.ts";
import { nextSignal } from "../serve/signals.ts";
import { makeReport } from "./make_report.ts";
import { readSettings } from "./options.ts";
import { jsonReport } from "./report/json.ts";
import { junitReport } from "./report/junit.ts";
import { textReport } from "./report/text.ts";

/**
 * Runs the production checklist, and prints what it comes to.
 *
 * @throws {UsageError} for options that cannot be meant
 * @throws {Error} that says why it could not be run, or not to its end
 */
export async function runChecklist(options: CommandOptions): Promise<ExitCode> {
  const environment = Deno.env.toObject();
  const settings = readSettings(options, environment);
  const report = await untilSignal((signal) => makeReport(settings, options, environment, signal));
  console.log(settings.asJson ? jsonReport(report) : textReport(report, terminal()).join("\n"));
  if (settings.junit !== undefined) await Deno.writeTextFile(settings.junit, junitReport(report));
  const hasFailed = report.outcomes.some(({ verdict }) => verdict === "fail");
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
