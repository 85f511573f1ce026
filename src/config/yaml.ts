import { isScalar, parseDocument, visit } from "yaml";
import type { ConfigFault } from "./config_error.ts";

/** What a YAML document holds here: text, lists and maps of it. Types are the schema's business. */
export type YamlValue = string | YamlValue[] | { [key: string]: YamlValue };

const EMPTY: ReadonlySet<string> = new Set(["", "~", "null", "Null", "NULL"]);

/**
 * Reads YAML with every scalar as the text that was written, so that `password: 0123` is not an
 * octal number. A key with an empty value counts as absent.
 */
export function parseYaml(
  text: string,
): { readonly value: YamlValue } | { readonly faults: readonly ConfigFault[] } {
  const document = parseDocument(text, { schema: "failsafe", merge: true });
  const problems = [...document.errors, ...document.warnings];
  if (problems.length > 0) {
    return {
      faults: problems.map((problem) => ({ path: "", message: firstLine(problem.message) })),
    };
  }
  visit(document, {
    Scalar(_key, node) {
      if (isScalar(node) && node.type === "PLAIN" && EMPTY.has(node.source ?? "")) {
        node.value = null;
      }
    },
  });
  return { value: withoutEmpty(document.toJS()) ?? {} };
}

function withoutEmpty(value: unknown): YamlValue | undefined {
  if (value === null || value === undefined) return undefined;
  if (Array.isArray(value)) return value.map((item) => withoutEmpty(item) ?? "");
  if (typeof value === "object") {
    const entries = Object.entries(value).flatMap(([key, item]) => {
      const kept = withoutEmpty(item);
      return kept === undefined ? [] : [[key, kept] as const];
    });
    return Object.fromEntries(entries);
  }
  return String(value);
}

function firstLine(message: string): string {
  return message.split("\n", 1)[0]?.replace(/:$/, "") ?? message;
}
