/**
 * Makes of each agent what it asks for, and records every step.
 *
 * It is level-based: a reconcile is told a name, looks at what is there, at what the log says, and does
 * what is missing. So it may stop anywhere, and whoever goes on, here or elsewhere, does the rest.
 *
 * @module
 */
import { isJsonObject, type JsonObject } from "../eventlog/json.ts";
import { reconcileDuration } from "../telemetry/operator_metrics.ts";
import { applyActions } from "./agent/apply_actions.ts";
import { decide, type Decision, type DecisionSettings } from "./agent/decide.ts";
import {
  actionsDecided,
  agentDeleted,
  agentObserved,
  type DecisionTrigger,
} from "./agent/events.ts";
import { observe, type ObservedAgent } from "./agent/observe.ts";
import { seqOf } from "./agent/outcomes.ts";
import { type Reconciled, statusOf, unavailableFor, writeStatus } from "./agent/status.ts";
import { type Journal, JournalMovedError, UnrecordableError } from "./journal.ts";
import { AGENT, type AgentObject } from "./kinds.ts";
import type { KubeApi } from "./kube/kube_api.ts";
import { type ObjectRef, readRef, refText } from "./kube/kube_object.ts";
import type { Term } from "./term.ts";

/** What agents are reconciled with. */
export interface ReconcilerOptions {
  readonly api: Pick<KubeApi, "get" | "apply" | "applyStatus" | "delete">;
  readonly journal: Journal;
  /** Agents as they were seen last. */
  readonly get: (ref: ObjectRef) => AgentObject | undefined;
  readonly settings?: DecisionSettings;
  /** The time, for conditions. */
  readonly now?: () => Date;
}

/** How a reconcile ended. */
export interface ReconcileResult {
  /** When to look again although nothing changed, in milliseconds; at the next resync without it. */
  readonly requeueAfter?: number;
}

/** Something could not be done, and is to be tried again. */
export class ReconcileFailedError extends Error {
  override readonly name = "ReconcileFailedError";
}

/**
 * When to look whether an agent has begun to run: as long from now as it has been waited for, but for
 * these bounds. Milliseconds.
 */
const [LEAST_WAIT, LONGEST_WAIT] = [15_000, 300_000];

/** As the operator's own events have it: `namespace/name`. */
const AGENT_ID = /^[^/]+\/[^/]+$/;

/** How often one reconcile begins again because others write to the log. */
const MOST_BEGINNINGS = 10;

/** Reconciles agents, one at a time. */
export class Reconciler {
  readonly #options: ReconcilerOptions;

  constructor(options: ReconcilerOptions) {
    this.#options = options;
  }

  /**
   * Agents that the log knows of: those that are gone have to be reconciled as well, and nobody but
   * the log tells of one that went while no operator ran.
   *
   * @throws {LogStoreError} {@link LogFault}
   */
  async known(term: Term): Promise<readonly ObjectRef[]> {
    const { journal } = this.#options;
    await journal.follow(term);
    // Whoever else may write to the log may have written of what is no agent.
    return journal.universe.agents().filter((id) => AGENT_ID.test(id)).map(readRef);
  }

  /**
   * Looks at one agent, and does what is to be done.
   *
   * @throws {ReconcileFailedError} {@link KubeError} {@link KubeUnreachableError} where it is to be
   * tried again
   * @throws {LogStoreError} {@link LogFault} where the log cannot be written
   * @throws {LeadershipLostError}
   */
  async reconcile(ref: ObjectRef, term: Term): Promise<ReconcileResult> {
    const measured = reconcileDuration.startTimer({ resource_type: AGENT.plural });
    try {
      for (let beginning = 1;; beginning++) {
        try {
          return await this.#reconcile(ref, term);
        } catch (error) {
          const isLast = beginning === MOST_BEGINNINGS;
          if (!(error instanceof JournalMovedError) || isLast) throw error;
        }
      }
    } finally {
      measured();
    }
  }

  async #reconcile(ref: ObjectRef, term: Term): Promise<ReconcileResult> {
    const { api, get, journal } = this.#options;
    await journal.follow(term);
    // What was seen may lag behind what the log says of it.
    const agent = get(ref) ?? await api.get(AGENT, ref, { signal: term.signal });
    if (agent === undefined) {
      await this.#forget(ref, term);
      return {};
    }
    // What is being deleted goes with its objects: they must not be made anew.
    if (agent.metadata.deletionTimestamp !== undefined) return {};
    const observed = observe(agent);
    if ("message" in observed) {
      const { message } = observed;
      return await this.#conclude(agent, term, {
        fault: { kind: "final", reason: "InvalidSpec", message },
      });
    }
    return await this.#conclude(agent, term, await this.#fulfil(agent, observed, term));
  }

  async #forget(ref: ObjectRef, term: Term): Promise<void> {
    const { journal } = this.#options;
    const specHash = journal.universe.lastSeenSpecHash(refText(ref));
    if (specHash === undefined) return;
    const { name, namespace = "" } = ref;
    await journal.record(term, agentDeleted({ name, namespace, specHash }));
  }

  async #fulfil(agent: AgentObject, observed: ObservedAgent, term: Term): Promise<Reconciled> {
    const { api, journal } = this.#options;
    try {
      const { decision, since } = await this.#decide(observed, term);
      return await applyActions(decision.actions, { api, journal, agent, since, term });
    } catch (error) {
      if (!(error instanceof UnrecordableError)) throw error;
      const { message } = error;
      return { fault: { kind: "final", reason: "Unrecordable", message } };
    }
  }

  /** What stands decided for an agent, or is decided now. */
  async #decide(observed: ObservedAgent, term: Term): Promise<StandingDecision> {
    const { journal, settings = {} } = this.#options;
    const { id, specHash } = observed;
    if (journal.universe.lastSeenSpecHash(id) !== specHash) {
      await journal.record(term, agentObserved(observed));
    }
    const desired = journal.universe.desired(id);
    const decision = decide(desired, observed, settings);
    const pointed = triggerOf(desired, specHash);
    if (pointed !== undefined && desired?.["actions_hash"] === decision.actionsHash) {
      return { decision, since: pointed.seq };
    }
    const trigger = pointed ?? await this.#observation(observed, term);
    await journal.record(term, actionsDecided(observed, decision, trigger));
    return { decision, since: trigger.seq };
  }

  /** Where the log says that the agent's spec is as it is; said again where that is far behind. */
  async #observation(observed: ObservedAgent, term: Term): Promise<DecisionTrigger> {
    const { journal } = this.#options;
    const { id, specHash } = observed;
    const found = await journal.observation(id);
    const payload = found?.event.payload;
    const isSame = isJsonObject(payload) && payload["spec_hash"] === specHash;
    const { event, eventHash } = isSame && found ||
      await journal.record(term, agentObserved(observed));
    return { seq: event.seq, hash: eventHash, type: event.type };
  }

  async #conclude(
    agent: AgentObject,
    term: Term,
    reconciled: Reconciled,
  ): Promise<ReconcileResult> {
    const { api, now = () => new Date() } = this.#options;
    const time = now();
    const status = statusOf(agent, reconciled, time);
    await writeStatus(api, agent, status, term);
    const { fault } = reconciled;
    if (fault?.kind === "final") return {};
    if (fault !== undefined) throw new ReconcileFailedError(fault.message);
    const waited = unavailableFor(status, time);
    if (waited === undefined) return {};
    return { requeueAfter: Math.min(Math.max(waited, LEAST_WAIT), LONGEST_WAIT) };
  }
}

/** A decision, and the place of the event that it was made upon. */
interface StandingDecision {
  readonly decision: Decision;
  readonly since: number;
}

/** What a decision that was made upon that spec points at. */
function triggerOf(
  desired: JsonObject | undefined,
  specHash: string,
): DecisionTrigger | undefined {
  if (desired === undefined || desired["trigger_spec_hash"] !== specHash) return undefined;
  const { trigger_event_hash: hash, trigger_event_type: type, trigger_event_seq } = desired;
  const seq = seqOf(trigger_event_seq);
  if (seq < 0 || typeof hash !== "string" || typeof type !== "string") return undefined;
  return { seq, hash, type };
}
