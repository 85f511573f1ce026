/**
 * How far what was applied is from what was decided.
 *
 * @module
 */
import type { Universe } from "../checkpoint/universe_reducer.ts";
import { byCodePoint } from "../code_points.ts";
import { isJsonObject, type Json } from "../json.ts";

/** Of one agent, with names as existing operators know them. */
export interface AgentDrift {
  /** Decided for the agent and not applied. */
  readonly missing_action_ids: readonly string[];
  /** Applied, for whomever, and not among what is decided for the agent now. */
  readonly extra_action_ids: readonly string[];
}

/** The agents of a universe, in order. */
export function agentsOf({ agents }: Universe): readonly string[] {
  return Object.keys(agents).sort(byCodePoint);
}

/** The drift of one agent. */
export function driftOf({ desired, applied }: Universe, agent: string): AgentDrift {
  const decided = new Set(decidedFor(desired[agent]));
  const done = new Set(Object.keys(applied));
  return {
    missing_action_ids: [...decided.difference(done)].sort(byCodePoint),
    extra_action_ids: [...done.difference(decided)].sort(byCodePoint),
  };
}

/** How many agents have drifted, without gathering by what. */
export function driftCount(universe: Universe): number {
  const applied = Object.keys(universe.applied).length;
  return Object.keys(universe.agents).filter((agent) => {
    const decided = decidedFor(universe.desired[agent]);
    const done = decided.filter((id) => Object.hasOwn(universe.applied, id)).length;
    return done < decided.length || done < applied;
  }).length;
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

function decidedFor(entry: Json | undefined): readonly string[] {
  const actions = isJsonObject(entry) ? entry["actions"] : undefined;
  return isJsonObject(actions) ? Object.keys(actions) : [];
}
