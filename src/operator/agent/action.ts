/**
 * What can be done for an agent. Types and parameters have the names that existing logs have.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { asJson } from "../../eventlog/as_json.ts";
import { canonicalJson } from "../../eventlog/canonical_json.ts";
import { fingerprint } from "../../eventlog/checkpoint/universe_reducer.ts";
import type { JsonObject } from "../../eventlog/json.ts";

/** What every action has. */
interface ActionOf<Type extends string, Params extends Named> {
  readonly action_type: Type;
  /** `namespace/name` of the object. */
  readonly target: string;
  readonly params: Params;
}

interface Named {
  readonly name: string;
  readonly namespace: string;
}

/** The agent's spec, for the agent to read. */
export type EnsureConfigMap = ActionOf<
  "EnsureConfigMap",
  Named & { readonly data: { readonly "agent.json": string } }
>;

/** The agent's workspace. */
export type EnsurePVC = ActionOf<
  "EnsurePVC",
  Named & { readonly size: string; readonly storage_class?: string }
>;

/** The agent itself. */
export type EnsureDeployment = ActionOf<
  "EnsureDeployment",
  Named & { readonly spec: RuntimeSpec }
>;

/** What the agent reaches. */
export type EnsureNetworkPolicy = ActionOf<
  "EnsureNetworkPolicy",
  Named & {
    readonly pod_selector: { readonly app: string; readonly agent: string };
    readonly policy_type: "deny-egress" | "allow-egress";
  }
>;

/** What another role has left behind: network policies add up. */
export type DeleteNetworkPolicy = ActionOf<"DeleteNetworkPolicy", Named>;

/** How the agent runs. */
export interface RuntimeSpec {
  readonly replicas: number;
  readonly image: string;
  /** Whether the image's signature is to be verified, by whoever admits pods. */
  readonly image_verify: boolean;
  readonly env: readonly { readonly name: string; readonly value: string }[];
  readonly runtime_class?: string;
  readonly volumes: readonly RuntimeVolume[];
  readonly volume_mounts: readonly RuntimeMount[];
}

/** Either of a claim or of a ConfigMap. */
export interface RuntimeVolume {
  readonly name: string;
  readonly pvc?: string;
  readonly configmap?: string;
}

/** Where a volume is seen. */
export interface RuntimeMount {
  readonly name: string;
  readonly mount_path: string;
  readonly read_only?: boolean;
}

/** Something that is to be there. */
export type EnsureAction =
  | EnsureConfigMap
  | EnsurePVC
  | EnsureDeployment
  | EnsureNetworkPolicy;

export type Action = EnsureAction | DeleteNetworkPolicy;

/** An action as events have it. */
export function actionJson({ action_type, target, params }: Action): JsonObject {
  return { action_type, target, params: asJson(params) };
}

/** The id of an action: actions that say the same have the same. */
export function actionId(action: Action): string {
  return fingerprint(actionJson(action));
}

/** `actions_hash` of events: SHA-256 of the actions in canonical JSON. */
export function actionsHash(actions: readonly Action[]): string {
  return createHash("sha256").update(canonicalJson(actions.map(actionJson))).digest("hex");
}
