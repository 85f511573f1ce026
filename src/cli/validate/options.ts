/**
 * What `holdfast validate` is told.
 *
 * @module
 */
import { resolve } from "node:path";
import {
  type CommandOption,
  type CommandOptions,
  textOption,
  textOptions,
  UsageError,
} from "../command.ts";
import { CREDENTIALS_HELP } from "../policy/bucket_store.ts";
import { LOG_OPTIONS, WHICH_LOG_HELP } from "../log/which_log.ts";
import { wholeNumberOption } from "../log/whole_number.ts";
import type { Phase } from "./check.ts";
import { CHECKS } from "./checks.ts";
import { type Choice, namesIn } from "./choose_checks.ts";

const [NAMESPACE, SELECTOR, RELEASE] = ["rynxs", "app.kubernetes.io/name=rynxs", "rynxs"];
const LEASE = "rynxs-operator-leader";
/** Seconds. An interval is long enough for a leader to renew its lease by default. */
const [WAIT, INTERVAL] = [60, 10];

/** The options of the checklist; `--config` is for another sort of check. */
export const CHECKLIST_OPTIONS: Readonly<Record<string, CommandOption>> = {
  pre: { meaning: "Only what can be checked before a deployment: chart and policy." },
  post: { meaning: "Only what can be checked of a deployment." },
  only: { value: "CHECKS", repeated: true, meaning: "Only these, by id or number, with commas." },
  skip: { value: "CHECKS", repeated: true, meaning: "All but these." },
  rendered: {
    value: "PATH",
    repeated: true,
    meaning: "Output of helm template: a file, or a directory with several.",
  },
  policy: { value: "FILE", meaning: "The bucket's policy, where there is no bucket yet." },
  rules: { value: "PATH", meaning: "Files of alerts. Default: deploy/prometheus, or the chart's." },
  runbooks: { value: "PATH", meaning: "Files of runbooks. Default: deploy/runbooks." },
  namespace: { value: "NAME", meaning: `Where the operator is. Default: ${NAMESPACE}.` },
  selector: { value: "LABELS", meaning: `Labels of its pods. Default: ${SELECTOR}.` },
  release: {
    value: "NAME",
    meaning: `Only pods of this release of Helm. Default: all; ${RELEASE} in commands to type.`,
  },
  lease: { value: "NAME", meaning: `Its lease. Default: RYNXS_LEASE_NAME, ${LEASE}.` },
  kubeconfig: { value: "FILE", meaning: "Default: KUBECONFIG, the pod's account, ~/.kube/config." },
  context: { value: "NAME", meaning: "Of the kubeconfig. Default: its current one." },
  ...LOG_OPTIONS,
  prometheus: { value: "URL", meaning: "Where the alerts are loaded." },
  metrics: {
    value: "URL",
    repeated: true,
    meaning: "Metrics of one pod. Default: all pods', through the API server.",
  },
  wait: { value: "SECONDS", meaning: `How long to wait for an event. Default: ${WAIT}.` },
  interval: { value: "SECONDS", meaning: `Between two looks at the leader. Default: ${INTERVAL}.` },
  json: { meaning: "Print an object." },
  junit: { value: "FILE", meaning: "Write a report in JUnit's XML as well." },
};

/** What `--help` says. */
export const CHECKLIST_HELP = [
  "With --config alone it checks that file: it reads the variables that the file names, and connects",
  "to nothing. Without it, it runs the production checklist:",
  ...CHECKS.map(({ id, number, objective }) =>
    `  ${number.padEnd(3)} ${id.padEnd(19)} ${objective}`
  ),
  "bucket-policy and smoke-write-once write two small objects under the log's prefix and remove what",
  "the policy lets them; event-written creates the Agent test-prod-validation and deletes it again.",
  "Exit code 0 when all that applies is as it should be, 2 when a check fails, 1 when it could not run.",
  WHICH_LOG_HELP,
  CREDENTIALS_HELP,
].join("\n");

/** Everything that the checklist is told, apart from where the log is. */
export interface Settings extends Choice {
  /** Paths. */
  readonly rendered: readonly string[];
  readonly policy: string | undefined;
  readonly rules: string | undefined;
  readonly runbooks: string | undefined;
  readonly namespace: string;
  readonly selector: string;
  readonly release: string;
  readonly lease: string;
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  /** URLs. */
  readonly prometheus: string | undefined;
  readonly metrics: readonly string[];
  /** Milliseconds. */
  readonly wait: number;
  readonly interval: number;
  readonly asJson: boolean;
  readonly junit: string | undefined;
}

/**
 * Reads the options of the checklist.
 *
 * @throws {UsageError}
 */
export function readSettings(
  options: CommandOptions,
  environment: Readonly<Record<string, string>>,
): Settings {
  const text = (name: string) => textOption(options, name);
  const kubeconfig = text("kubeconfig");
  const release = text("release");
  const selector = text("selector") ?? SELECTOR;
  return {
    phases: phasesOf(options),
    only: namesIn(textOptions(options, "only")),
    skip: namesIn(textOptions(options, "skip")),
    rendered: textOptions(options, "rendered"),
    policy: text("policy"),
    rules: text("rules"),
    runbooks: text("runbooks"),
    namespace: text("namespace") ?? NAMESPACE,
    selector: release === undefined
      ? selector
      : `${selector},app.kubernetes.io/instance=${release}`,
    release: release ?? RELEASE,
    lease: text("lease") ?? (environment["RYNXS_LEASE_NAME"] || LEASE),
    kubeconfig: kubeconfig === undefined ? undefined : resolve(kubeconfig),
    context: text("context"),
    prometheus: urlOf("prometheus", text("prometheus")),
    metrics: textOptions(options, "metrics").map((url) => urlOf("metrics", url)),
    wait: seconds(options, "wait", WAIT),
    interval: seconds(options, "interval", INTERVAL),
    asJson: options["json"] === true,
    junit: text("junit"),
  };
}

function phasesOf(options: CommandOptions): ReadonlySet<Phase> {
  const phases = (["pre", "post"] as const).filter((phase) => options[phase] === true);
  return new Set(phases.length === 0 ? ["pre", "post"] : phases);
}

function urlOf<T extends string | undefined>(name: string, url: T): T {
  if (url === undefined) return url;
  const { protocol, username, password } = URL.parse(url) ?? {};
  if (!/^https?:$/.test(protocol ?? "")) {
    throw new UsageError(`--${name} is no URL; write it as http://HOST:PORT`);
  }
  if (`${username}${password}` === "") return url;
  throw new UsageError(`--${name} must have no name and no password in it`);
}

/** In milliseconds; an hour is longer than anybody waits. */
function seconds(options: CommandOptions, name: string, otherwise: number): number {
  const value = wholeNumberOption(options, name) ?? otherwise;
  if (value <= 3_600) return value * 1_000;
  throw new UsageError(`--${name} must be 3600 at most`);
}
