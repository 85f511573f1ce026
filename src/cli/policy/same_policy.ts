import type { Elements, PolicyDocument } from "../../policy/document.ts";
import { parsePolicy } from "../../policy/parse.ts";
import { PolicyError } from "../../policy/policy_error.ts";

/**
 * Whether two policies say the same. Stores give a policy back in a form of their own: other white
 * space, one text where a list had one, lists in another order.
 */
export function samePolicy(one: string, other: string): boolean {
  return one === other || canonical(one) === canonical(other);
}

function canonical(text: string): string {
  try {
    return JSON.stringify(ordered(parsePolicy(text)));
  } catch (error) {
    if (error instanceof PolicyError) return text;
    throw error;
  }
}

/** Without what depends on the writing. The order of statements has no meaning, but stores keep it. */
function ordered({ version, id, statements }: PolicyDocument) {
  return {
    version,
    id,
    statements: statements.map(({ sid, effect, principals, actions, resources, conditions }) => ({
      sid,
      effect,
      principals: sorted(principals),
      actions: sorted(actions),
      resources: sorted(resources),
      conditions: conditions
        .map(({ operator, key, values }) => JSON.stringify([operator, key, values.toSorted()]))
        .toSorted(),
    })),
  };
}

function sorted<T>({ negated, patterns }: Elements<T>) {
  return { negated, patterns: patterns.map((pattern) => JSON.stringify(pattern)).toSorted() };
}
