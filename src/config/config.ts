/**
 * The configuration that a process runs with: plain data, so that it can be handed to a thread.
 *
 * @module
 */
import type { z } from "zod";
import type { BackendConfig } from "./backends_schema.ts";
import { type BucketPolicy, readBucketPolicies } from "./bucket_policies.ts";
import { ConfigError, type ConfigFault, yamlPath } from "./config_error.ts";
import { crossCheck } from "./cross_checks.ts";
import { type Environment, expandEnvironment } from "./environment.ts";
import { type EvidenceConfig, evidenceConfig } from "./evidence_config.ts";
import { faultOf } from "./issue.ts";
import { type LogConfig, logConfig } from "./log_config.ts";
import { type Grant, grants } from "./scopes.ts";
import { configSchema, type WrittenConfig } from "./schema.ts";
import { parseYaml, type YamlValue } from "./yaml.ts";

export type { BucketPolicy } from "./bucket_policies.ts";
export type { BackendConfig, DiskBackendConfig, S3BackendConfig } from "./backends_schema.ts";
export { ConfigError, type ConfigFault, faultLine } from "./config_error.ts";
export type { Environment } from "./environment.ts";
export type { EvidenceConfig, EvidenceStoreLocation } from "./evidence_config.ts";
export type { LogConfig, PublishingConfig } from "./log_config.ts";
export type { DatabaseConfig } from "./schema.ts";
export type { Grant, Scope } from "./scopes.ts";
export type { TelemetryConfig } from "./telemetry_schema.ts";

/** A configuration with nothing left open. Names are those of the YAML; times in milliseconds. */
export type Config = Omit<WrittenConfig, "backends" | "data_dir" | "evidence" | "log"> & {
  readonly data_dir: string;
  readonly backends: readonly BackendConfig[];
  /** The bucket policies that it names, as their files have them. */
  readonly policies: readonly BucketPolicy[];
  readonly log: LogConfig;
  readonly evidence: EvidenceConfig;
  /** Who may do what with the API. */
  readonly grants: readonly Grant[];
};

/**
 * Reads a configuration file.
 *
 * @throws {ConfigError} with everything that is wrong with it, or when it cannot be read
 */
export async function loadConfig(path: string, environment: Environment): Promise<Config> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound ? "there is no such file" : String(error);
    throw new ConfigError(path, [{ path: "", message: reason }]);
  }
  return parseConfig(text, environment, path);
}

/**
 * As {@link loadConfig}, for the text of a file.
 *
 * @param source what its faults are reported under, and files that it names are relative to
 */
export function parseConfig(text: string, environment: Environment, source: string): Config {
  const parsed = parseYaml(text);
  if ("faults" in parsed) throw new ConfigError(source, parsed.faults);
  const expanded = expandEnvironment(parsed.value, environment);
  return checkConfig(expanded.value, environment, source, expanded.faults);
}

/**
 * As {@link parseConfig}, for what a file would hold once its references are expanded.
 *
 * @param found faults that are known already, to be reported with the others
 */
export function checkConfig(
  value: YamlValue,
  environment: Environment,
  source: string,
  found: readonly ConfigFault[] = [],
): Config {
  const checked = configSchema.safeParse(value);
  const completed = checked.success ? complete(checked.data, environment, source) : undefined;
  const faults = [
    ...found,
    ...unlessExpansionFailed(found, checked.error?.issues ?? []),
    ...(checked.success ? crossCheck(checked.data) : []),
    ...(completed?.faults ?? []),
  ];
  if (completed?.config === undefined || faults.length > 0) throw new ConfigError(source, faults);
  return completed.config;
}

/** A value whose variable is not set is one fault, not two. */
function unlessExpansionFailed(
  faults: readonly ConfigFault[],
  issues: readonly z.core.$ZodIssue[],
): readonly ConfigFault[] {
  const failed = new Set(faults.map((fault) => fault.path));
  return issues.filter((issue) => !failed.has(yamlPath(issue.path))).flatMap(faultOf);
}

/** What a configuration is made of besides what is written in it. */
function complete(
  written: WrittenConfig,
  environment: Environment,
  source: string,
): { readonly config?: Config; readonly faults: readonly ConfigFault[] } {
  const dataDir = written.data_dir ?? (environment["HOLDFAST_DATA_DIR"] || "./data");
  const { policies, faults } = readBucketPolicies(written, source);
  const resolved = logConfig(written, environment, dataDir);
  if ("faults" in resolved) return { faults: [...faults, ...resolved.faults] };
  const backends = written.backends ??
    [{ type: "disk" as const, name: "disk", path: `${dataDir}/objects`, quota_bytes: 0 }];
  return {
    config: {
      ...written,
      data_dir: dataDir,
      backends,
      policies,
      log: resolved.log,
      evidence: evidenceConfig(written, environment),
      grants: grants(written),
    },
    faults,
  };
}
