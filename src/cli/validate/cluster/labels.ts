import { UsageError } from "../../command.ts";

/** Labels of an object, or what a selector asks of them. */
export type Labels = Readonly<Record<string, string>>;

/**
 * Reads a selector of equalities, `key=value,key=value`: it is also held against renderings, which no
 * API server selects from.
 *
 * @throws {UsageError} for any other
 */
export function parseSelector(text: string): Labels {
  return Object.fromEntries(
    text.split(",").map((term) => {
      const [, key, value] = TERM.exec(term.trim()) ?? [];
      if (key !== undefined && value !== undefined) return [key, value];
      throw new UsageError(
        `--selector ${text}: write it as KEY=VALUE, several with commas between`,
      );
    }),
  );
}

/** A selector as an API server takes it. */
export function selectorText(selector: Labels): string {
  return Object.entries(selector).map(([key, value]) => `${key}=${value}`).join(",");
}

/** Whether labels are all that a selector asks for. */
export function matches(selector: Labels, labels: Labels | null | undefined): boolean {
  return Object.entries(selector).every(([key, value]) => labels?.[key] === value);
}

const TERM = /^([\w./-]+)==?([\w.-]*)$/;
