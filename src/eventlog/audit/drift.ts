/**
 * How far what was applied is from what was decided.
 *
 * @module
 */
import type { Universe } from "../checkpoint/universe_reducer.ts";
import { byCodePoint } from "../code_points.ts";
import { isJsonObject, type Json } from "../json.ts";

/**
 * Of one agent, with names as existing operators know them. What others have had applied counts as
 * beyond the agent's own, so that lists would grow with agents times actions: they are cut, and then
 * it is said how long they would be.
 */
export interface AgentDrift {
  /** Decided for the agent and not applied. */
  readonly missing_action_ids: readonly string[];
  /** Applied, for whomever, and not among what is decided for the agent now. */
  readonly extra_action_ids: readonly string[];
  /** How many are missing, where not all of them are listed. */
  readonly missing_total?: number;
  /** How many are beyond, where not all of them are listed. */
  readonly extra_total?: number;
}

/** Most ids that are listed of an agent, of either kind. */
export const MOST_LISTED = 100;

/** The drift of every agent, in their order. */
export function driftOf(universe: Universe): Readonly<Record<string, AgentDrift>> {
  const applied = Object.keys(universe.applied).sort(byCodePoint);
  const agents = Object.keys(universe.agents).sort(byCodePoint);
  return Object.fromEntries(agents.map((agent) => [agent, agentDrift(universe, agent, applied)]));
}

/** Whether anything is missing for an agent, or beyond its own. */
export function hasDrifted({ missing_action_ids, extra_action_ids }: AgentDrift): boolean {
  return missing_action_ids.length > 0 || extra_action_ids.length > 0;
}

/** How often actions failed with which code. */
export function failureCodes({ failures }: Universe): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const failure of failures) {
    const { error_code, result_code } = isJsonObject(failure) ? failure : {};
    const code = [error_code, result_code].find((each) => typeof each === "string" && each !== "");
    const name = typeof code === "string" ? code : "UNKNOWN";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

/** @param applied all that was applied, in order */
function agentDrift(
  { desired, applied: done }: Universe,
  agent: string,
  applied: readonly string[],
): AgentDrift {
  const decided = new Set(decidedFor(desired[agent]));
  const missing = [...decided].filter((id) => !Object.hasOwn(done, id)).sort(byCodePoint);
  const extraTotal = applied.length - (decided.size - missing.length);
  return {
    missing_action_ids: missing.slice(0, MOST_LISTED),
    extra_action_ids: applied.values().filter((id) => !decided.has(id)).take(MOST_LISTED).toArray(),
    ...(missing.length > MOST_LISTED ? { missing_total: missing.length } : {}),
    ...(extraTotal > MOST_LISTED ? { extra_total: extraTotal } : {}),
  };
}

function decidedFor(entry: Json | undefined): readonly string[] {
  const actions = isJsonObject(entry) ? entry["actions"] : undefined;
  return isJsonObject(actions) ? Object.keys(actions) : [];
}
