/**
 * The events of agents. Types, payloads and meta have the names that existing logs have.
 *
 * @module
 */
import { asJson } from "../../eventlog/as_json.ts";
import { type Json, JsonNumber, type JsonObject } from "../../eventlog/json.ts";
import type { OwnerReference } from "../kube/kube_object.ts";
import { type Action, actionId, actionJson } from "./action.ts";
import { type ActionResult, desiredHash, resourceRef } from "./apply.ts";
import type { Decision } from "./decide.ts";
import type { ObservedAgent } from "./observe.ts";
import type { StableError } from "./stable_error.ts";

/** An event before it has its place, its time and its token. */
export interface AgentEvent {
  readonly type:
    | "AgentObserved"
    | "AgentDeleted"
    | "ActionsDecided"
    | "ActionApplied"
    | "ActionFailed";
  readonly aggregateId: string;
  readonly payload: JsonObject;
  readonly meta: JsonObject;
}

/** The event that a decision was made upon. */
export interface DecisionTrigger {
  readonly seq: number;
  readonly hash: string;
  readonly type: string;
}

const SEEN = { source: "kubernetes", resource: "agents" } as const;

/** An agent is there, or its spec is another one. */
export function agentObserved({ id, payload }: ObservedAgent): AgentEvent {
  return { type: "AgentObserved", aggregateId: id, payload, meta: SEEN };
}

/**
 * An agent is gone.
 *
 * @param specHash of its last spec
 */
export function agentDeleted(
  { name, namespace, specHash }: {
    readonly name: string;
    readonly namespace: string;
    readonly specHash: Json;
  },
): AgentEvent {
  const payload = { name, namespace, spec_hash: specHash };
  return { type: "AgentDeleted", aggregateId: `${namespace}/${name}`, payload, meta: SEEN };
}

/** What is to be done for an agent from now on. */
export function actionsDecided(
  { id, specHash }: ObservedAgent,
  { actions, actionIds, actionsHash }: Decision,
  trigger: DecisionTrigger,
): AgentEvent {
  const payload = {
    agent_id: id,
    trigger_event_seq: new JsonNumber(String(trigger.seq)),
    trigger_event_hash: trigger.hash,
    trigger_event_type: trigger.type,
    trigger_spec_hash: specHash,
    actions: actions.map(actionJson),
    actions_hash: actionsHash,
    action_ids: actionIds,
  };
  return { type: "ActionsDecided", aggregateId: id, payload, meta: { source: "decision_layer" } };
}

/** An action was done. Its aggregate is the object that it is about. */
export function actionApplied(action: Action, result: ActionResult): AgentEvent {
  const payload = { ...about(action), status: "success", ...fields(result) };
  return { type: "ActionApplied", aggregateId: action.target, payload, meta: { executor: "k8s" } };
}

/** An action could not be done. */
export function actionFailed(
  action: Action,
  error: StableError,
  owner: OwnerReference,
): AgentEvent {
  const payload = {
    ...about(action),
    resource_ref: resourceRef(action),
    desired_hash: desiredHash(action, owner),
    result_code: error.code,
    error: fields(error),
  };
  return { type: "ActionFailed", aggregateId: action.target, payload, meta: { executor: "k8s" } };
}

function about(action: Action) {
  const { action_type, target } = action;
  return { action_id: actionId(action), action_type, target };
}

function fields(record: ActionResult | StableError): JsonObject {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, asJson(value)]));
}
