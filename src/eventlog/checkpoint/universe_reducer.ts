/**
 * The state that existing operators keep: what agents are there, what was decided for each, and what
 * came of it. All of it is one aggregate, whatever the events' own aggregates are.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { canonicalJson } from "../canonical_json.ts";
import type { LogEvent } from "../event.ts";
import { isJsonObject, type Json, JsonNumber, type JsonObject } from "../json.ts";
import type { LogState, Reduction, StateReducer } from "./state.ts";

/** The id of the aggregate. */
export const UNIVERSE = "universe";

/** What the aggregate says. */
export interface Universe {
  /** As they were observed last, by their aggregate ids. */
  readonly agents: JsonObject;
  readonly lastSeenSpecHash: JsonObject;
  /** What was decided last for each agent. */
  readonly desired: JsonObject;
  /** Actions that were applied, by their ids. */
  readonly applied: JsonObject;
  /** In the order of their events. */
  readonly failures: readonly Json[];
}

/** Events of types that it does not know leave the state, its version too, as it is. */
export const universeReducer: StateReducer = {
  name: UNIVERSE,
  resume(state) {
    return resumeUniverse(state);
  },
};

/**
 * Goes on where a state was left, so that what comes of it can be asked for without making a state.
 *
 * @returns `undefined` for a state that another reducer has made
 */
export function resumeUniverse(state: LogState): UniverseReduction | undefined {
  const universe = universeOf(state);
  const isBegun = UNIVERSE in state.aggregates;
  if (universe === undefined || isBegun !== state.version > 0) return undefined;
  return new UniverseReduction(state.version, universe);
}

/** What a state says of the universe; `undefined` for a state that has something else in it. */
export function universeOf({ aggregates }: LogState): Universe | undefined {
  const { [UNIVERSE]: stored = {}, ...elsewhere } = aggregates;
  if (Object.keys(elsewhere).length > 0 || !isJsonObject(stored)) return undefined;
  const { agents = {}, last_seen_spec_hash = {}, desired = {}, applied = {}, ...rest } = stored;
  const { failures = [], ...others } = rest;
  const isUniverse = Object.keys(others).length === 0 && isJsonObject(agents) &&
    isJsonObject(last_seen_spec_hash) && isJsonObject(desired) && isJsonObject(applied) &&
    Array.isArray(failures);
  if (!isUniverse) return undefined;
  return { agents, lastSeenSpecHash: last_seen_spec_hash, desired, applied, failures };
}

/**
 * The id of an action: SHA-256 of what it is, and what it is about.
 *
 * @param action `{action_type, target, params}`
 */
export function fingerprint(action: JsonObject): string {
  const { action_type, target, params = {} } = action;
  const parts = [asText(action_type), asText(target), canonicalJson(params)];
  return createHash("sha256").update(parts.join("|")).digest("hex");
}

/** The universe while events come in. To ask it costs the same however much there is in it. */
export class UniverseReduction implements Reduction {
  #version: number;
  readonly #agents: Map<string, Json>;
  readonly #lastSeenSpecHash: Map<string, Json>;
  readonly #desired: Map<string, Json>;
  readonly #applied: Map<string, Json>;
  readonly #failures: Json[];
  /** The last of each action, by its id. */
  readonly #lastFailures = new Map<string, JsonObject>();

  constructor(version: number, universe: Universe) {
    this.#version = version;
    this.#agents = new Map(Object.entries(universe.agents));
    this.#lastSeenSpecHash = new Map(Object.entries(universe.lastSeenSpecHash));
    this.#desired = new Map(Object.entries(universe.desired));
    this.#applied = new Map(Object.entries(universe.applied));
    this.#failures = [];
    for (const failure of universe.failures) this.#addFailure(failure);
  }

  /** How many events went into it: those of other types do not count. */
  get version(): number {
    return this.#version;
  }

  /** Ids of the agents that are there. */
  agents(): readonly string[] {
    return [...this.#agents.keys()];
  }

  /** `spec_hash` of an agent as it was observed last; `undefined` for one that is not there. */
  lastSeenSpecHash(agent: string): Json | undefined {
    return this.#lastSeenSpecHash.get(agent);
  }

  /** What was decided last for an agent. */
  desired(agent: string): JsonObject | undefined {
    const decided = this.#desired.get(agent);
    return isJsonObject(decided) ? decided : undefined;
  }

  /** The last time that an action was applied: `{applied_seq, result_code, …}`. */
  applied(action: string): JsonObject | undefined {
    const applied = this.#applied.get(action);
    return isJsonObject(applied) ? applied : undefined;
  }

  /** The last time that an action failed: `{failed_seq, error_code, …}`. */
  failed(action: string): JsonObject | undefined {
    return this.#lastFailures.get(action);
  }

  apply(event: LogEvent): void {
    const handle = this.#handlers.get(event.type);
    if (handle === undefined) return;
    handle(event, isJsonObject(event.payload) ? event.payload : {});
    this.#version++;
  }

  state(): LogState {
    if (this.#version === 0) return { version: 0, aggregates: {} };
    const universe = {
      agents: Object.fromEntries(this.#agents),
      last_seen_spec_hash: Object.fromEntries(this.#lastSeenSpecHash),
      desired: Object.fromEntries(this.#desired),
      applied: Object.fromEntries(this.#applied),
      failures: [...this.#failures],
    };
    return { version: this.#version, aggregates: { [UNIVERSE]: universe } };
  }

  readonly #handlers: ReadonlyMap<string, (event: LogEvent, payload: JsonObject) => void> = new Map(
    [
      ["AgentObserved", ({ aggregateId }, payload) => {
        const { name = null, namespace = null, spec = null, labels = {} } = payload;
        const { spec_hash } = payload;
        const seen = spec_hash ?? null;
        this.#agents.set(aggregateId, { name, namespace, spec_hash: seen, spec, labels });
        this.#lastSeenSpecHash.set(aggregateId, spec_hash === undefined ? "" : spec_hash);
      }],
      ["ActionsDecided", ({ aggregateId }, payload) => {
        this.#desired.set(asText(payload["agent_id"]) || aggregateId, decided(payload));
      }],
      ["ActionApplied", ({ seq }, payload) => {
        const id = asText(payload["action_id"]);
        if (id === "") return;
        const { action_type = null, target = null, result_code = "OK" } = payload;
        this.#applied.set(id, { action_type, target, result_code, applied_seq: count(seq) });
      }],
      ["ActionFailed", ({ seq }, payload) => this.#addFailure(failure(seq, payload))],
      ["AgentDeleted", ({ aggregateId }) => this.#forget(aggregateId)],
    ],
  );

  #addFailure(failure: Json): void {
    this.#failures.push(failure);
    if (!isJsonObject(failure)) return;
    const id = asText(failure["action_id"]);
    if (id !== "") this.#lastFailures.set(id, failure);
  }

  /** One with its name that comes later is another one: nothing of it was applied. */
  #forget(agent: string): void {
    const decided = this.#desired.get(agent);
    const actions = isJsonObject(decided) ? decided["actions"] : undefined;
    if (isJsonObject(actions)) { for (const id of Object.keys(actions)) this.#applied.delete(id); }
    this.#agents.delete(agent);
    this.#lastSeenSpecHash.delete(agent);
    this.#desired.delete(agent);
  }
}

function decided(payload: JsonObject): Json {
  const actions = Array.isArray(payload["actions"]) ? payload["actions"] : [];
  const byId = actions.filter(isJsonObject).map((action) => {
    const { action_type = null, target = null } = action;
    const id = fingerprint(action);
    return [id, { action_type, target, fingerprint: id }] as const;
  });
  const { actions_hash = null, trigger_event_hash = null, trigger_event_type = null } = payload;
  const { trigger_spec_hash = null, trigger_event_seq = null } = payload;
  return {
    actions: Object.fromEntries(byId),
    actions_hash,
    trigger_event_hash,
    trigger_event_type,
    trigger_spec_hash,
    trigger_event_seq,
  };
}

function failure(seq: number, payload: JsonObject): Json {
  const error = isJsonObject(payload["error"]) ? payload["error"] : {};
  const { code = null, type = null, status = null, reason = null } = error;
  const { action_id = null, result_code } = payload;
  return {
    action_id,
    result_code: saysSomething(result_code) ? result_code : code,
    error_code: code,
    error_type: type,
    error_status: status,
    error_reason: reason,
    failed_seq: count(seq),
  };
}

/** What Python takes for true. */
function saysSomething(value: Json | undefined): value is Json {
  if (value instanceof JsonNumber) return Number(value.text) !== 0;
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

function asText(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function count(seq: number): JsonNumber {
  return new JsonNumber(String(seq));
}
