import { type ConfigFault, yamlPath } from "./config_error.ts";
import type { YamlValue } from "./yaml.ts";

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

const REFERENCE = /\$\$\{|\$\{([^}]*)(\}?)/g;

/**
 * Replaces every `${NAME}` by the variable's value; `$${` stands for `${` itself. What a variable
 * holds is not expanded again, so it may contain anything.
 *
 * @returns the value, and a fault for each reference that cannot be resolved
 */
export function expandEnvironment(
  value: YamlValue,
  environment: Environment,
): { readonly value: YamlValue; readonly faults: readonly ConfigFault[] } {
  const faults: ConfigFault[] = [];

  function expand(item: YamlValue, path: readonly PropertyKey[]): YamlValue {
    if (typeof item === "string") return expandText(item, path);
    if (Array.isArray(item)) return item.map((entry, index) => expand(entry, [...path, index]));
    return Object.fromEntries(
      Object.entries(item).map(([key, entry]) => [key, expand(entry, [...path, key])]),
    );
  }

  function expandText(text: string, path: readonly PropertyKey[]): string {
    return text.replace(REFERENCE, (written, name: string | undefined, end: string) => {
      if (written === "$${") return "${";
      if (name === undefined || end === "" || !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
        faults.push({ path: yamlPath(path), message: "has a ${ that is no ${NAME}; write $${" });
        return written;
      }
      const found = environment[name];
      if (found !== undefined) return found;
      faults.push({ path: yamlPath(path), message: `the environment variable ${name} is not set` });
      return written;
    });
  }

  return { value: expand(value, []), faults };
}
