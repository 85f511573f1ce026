/**
 * What an agent's status says.
 * Source: Kubernetes API conventions, "Typical status properties".
 *
 * @module
 */
import { z } from "zod";
import { asJson } from "../../eventlog/as_json.ts";
import { canonicalJson } from "../../eventlog/canonical_json.ts";
import { AGENT, type AgentObject, type AgentStatus, type Condition } from "../kinds.ts";
import type { KubeApi } from "../kube/kube_api.ts";
import { KubeError } from "../kube/kube_error.ts";
import { apiVersionOf, type KubeObject } from "../kube/kube_object.ts";
import type { Term } from "../term.ts";
import { FIELD_MANAGER } from "./apply.ts";

/** What a reconcile came to. */
export interface Reconciled {
  /** What is wrong; absent where every object is as decided. */
  readonly fault?: ReconcileFault;
  /** As it is now; absent where it could not be applied. */
  readonly deployment?: KubeObject;
}

/** Why an agent is not as it ought to be. */
export interface ReconcileFault {
  /**
   * `passing` may well be gone the next time, so that the agent has not failed; `refused` is tried
   * again as well; `final` stays until the agent is another one.
   */
  readonly kind: "passing" | "refused" | "final";
  /** One word, for programs. */
  readonly reason: string;
  /** For people. */
  readonly message: string;
}

/** What of a condition does not depend on what it was before. */
type Finding = Pick<Condition, "status" | "reason" | "message">;

/** The status of an agent now. When a condition became what it is stays as it was. */
export function statusOf(agent: AgentObject, reconciled: Reconciled, now: Date): AgentStatus {
  const { fault, deployment } = reconciled;
  const available = availability(deployment);
  const generation = agent.metadata.generation;
  const findings = { Available: available, Reconciled: reconciliation(fault) };
  return {
    observedGeneration: generation,
    phase: phaseOf(fault, available),
    conditions: Object.entries(findings).map(([type, finding]) => {
      const before = agent.status?.conditions?.find((condition) => condition.type === type);
      const lastTransitionTime = before?.status === finding.status
        ? before.lastTransitionTime
        : timeText(now);
      return { type, ...finding, observedGeneration: generation, lastTransitionTime };
    }),
  };
}

/**
 * How long an agent has not been running, as far as its status says.
 *
 * @returns milliseconds; `undefined` while it runs
 */
export function unavailableFor(
  { conditions = [] }: AgentStatus,
  now: Date,
): number | undefined {
  const available = conditions.find(({ type }) => type === "Available");
  if (available?.status === "True") return undefined;
  const since = Date.parse(available?.lastTransitionTime ?? "");
  return Number.isNaN(since) ? 0 : now.getTime() - since;
}

/**
 * Writes an agent's status, if it says anything new. An agent that is gone has none.
 *
 * @throws {KubeError} {@link KubeUnreachableError} {@link LeadershipLostError}
 */
export async function writeStatus(
  api: Pick<KubeApi, "applyStatus">,
  { metadata: { name, namespace }, status: before = {} }: AgentObject,
  status: AgentStatus,
  term: Term,
): Promise<void> {
  if (canonicalJson(asJson(before)) === canonicalJson(asJson(status))) return;
  term.demand();
  const manifest = {
    apiVersion: apiVersionOf(AGENT),
    kind: AGENT.kind,
    metadata: { name, namespace },
    status,
  };
  const options = { fieldManager: FIELD_MANAGER, force: true, signal: term.signal };
  try {
    await api.applyStatus(AGENT, manifest, options);
  } catch (error) {
    if (!(error instanceof KubeError && error.reason === "NotFound")) throw error;
  }
}

function phaseOf(fault: ReconcileFault | undefined, available: Finding): AgentStatus["phase"] {
  if (fault !== undefined && fault.kind !== "passing") return "Failed";
  return available.status === "True" ? "Running" : "Pending";
}

function reconciliation(fault: ReconcileFault | undefined): Finding {
  if (fault === undefined) {
    return { status: "True", reason: "Applied", message: "every object is as decided" };
  }
  const { reason, message } = fault;
  return { status: "False", reason, message };
}

/** Of a Deployment, what is looked at. */
const deploymentSchema = z.object({
  metadata: z.object({ generation: z.number().optional() }),
  status: z.object({
    observedGeneration: z.number().optional(),
    conditions: z.array(z.object({
      type: z.string(),
      status: z.enum(["True", "False", "Unknown"]),
      reason: z.string().min(1).default("Unknown"),
      message: z.string().default(""),
    })).default([]),
  }).default({ conditions: [] }),
});

function availability(deployment: KubeObject | undefined): Finding {
  const read = deploymentSchema.safeParse(deployment);
  if (!read.success) {
    return { status: "Unknown", reason: "NotApplied", message: "there is no deployment yet" };
  }
  const { metadata: { generation }, status: { observedGeneration, conditions } } = read.data;
  const condition = conditions.find(({ type }) => type === "Available");
  if (observedGeneration !== generation || condition === undefined) {
    return { status: "False", reason: "Progressing", message: "the deployment is new" };
  }
  const { status, reason, message } = condition;
  return { status, reason, message };
}

/** As Kubernetes writes times: to the second. */
function timeText(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "Z");
}
