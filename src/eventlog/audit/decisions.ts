/**
 * What was decided in a log, and what came of it.
 *
 * @module
 */
import type { LogEvent } from "../event.ts";
import { isJsonObject, type Json, JsonNumber, type JsonObject } from "../json.ts";
import { ACTIONS_DECIDED } from "./pointers.ts";

/** What is said of decisions, with names as existing operators know them. */
export interface DecisionSummary {
  readonly actions_decided_count: number;
  readonly action_type_counts: Readonly<Record<string, number>>;
  /** Of the first decisions. */
  readonly decision_proofs: readonly JsonObject[];
  readonly actions_total: number;
}

/** How many decisions are shown. */
const MOST_SHOWN = 3;

/** Goes along a log and gathers its decisions. */
export class Decisions {
  readonly #shown: JsonObject[] = [];
  readonly #typeCounts = new Map<string, number>();
  readonly #applied = new Set<string>();
  readonly #failed = new Set<string>();
  #decided = 0;
  #actions = 0;

  /** Takes the next event. */
  accept({ type, payload: written }: LogEvent): void {
    const payload = isJsonObject(written) ? written : {};
    if (type === ACTIONS_DECIDED) this.#decide(payload);
    const { action_id: id } = payload;
    if (typeof id !== "string" || id === "") return;
    if (type === "ActionApplied") this.#applied.add(id);
    if (type === "ActionFailed") this.#failed.add(id);
  }

  /** What was gathered so far. */
  summary(): DecisionSummary {
    return {
      actions_decided_count: this.#decided,
      action_type_counts: Object.fromEntries(this.#typeCounts),
      decision_proofs: this.#shown.map((payload) => this.#shownAs(payload)),
      actions_total: this.#actions,
    };
  }

  #decide(payload: JsonObject): void {
    this.#decided++;
    this.#actions += actionIds(payload).length;
    for (const action of list(payload["actions"]).filter(isJsonObject)) {
      const { action_type: type } = action;
      const name = typeof type === "string" ? type : "null";
      this.#typeCounts.set(name, (this.#typeCounts.get(name) ?? 0) + 1);
    }
    if (this.#shown.length < MOST_SHOWN) this.#shown.push(payload);
  }

  #shownAs(payload: JsonObject): JsonObject {
    const { trigger_event_seq = null, trigger_event_hash = null, trigger_event_type = null } =
      payload;
    const { trigger_spec_hash = null, actions_hash = null } = payload;
    return {
      trigger_event_seq,
      trigger_event_hash,
      trigger_event_type,
      trigger_spec_hash,
      actions_hash,
      action_ids: list(payload["action_ids"]),
      action_sample: list(payload["actions"])[0] ?? null,
      status: this.#statusOf(actionIds(payload)),
    };
  }

  #statusOf(ids: readonly string[]): string {
    if (ids.length > 0 && ids.every((id) => this.#applied.has(id))) return "applied";
    return ids.some((id) => this.#failed.has(id)) ? "failed" : "partial";
  }
}

/** The actions that a decision names. */
export function actionIds(payload: JsonObject): readonly string[] {
  return list(payload["action_ids"]).map((id) =>
    typeof id === "string" ? id : id instanceof JsonNumber ? id.text : String(id)
  );
}

function list(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}
