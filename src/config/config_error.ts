/** One thing that is wrong with a configuration. */
export interface ConfigFault {
  /** Where, as in `backends[0].quota_bytes`; `""` for the document itself. */
  readonly path: string;
  /** What, in a few words. Never repeats a secret's value. */
  readonly message: string;
}

/** A configuration that cannot be used, with everything that is wrong with it. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";

  /** @param source the file, or `environment` */
  constructor(readonly source: string, readonly faults: readonly ConfigFault[]) {
    super(`${source}: ${faults.map(faultLine).join("; ")}`);
  }
}

/** A fault on one line: `backends[0].quota_bytes: must be a whole number`. */
export function faultLine({ path, message }: ConfigFault): string {
  return path === "" ? message : `${path}: ${message}`;
}

/** Writes the path of a value as a person would: `["backends", 0, "name"]` → `backends[0].name`. */
export function yamlPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((written, step) => {
    if (typeof step === "number") return `${written}[${step}]`;
    return written === "" ? String(step) : `${written}.${String(step)}`;
  }, "");
}
