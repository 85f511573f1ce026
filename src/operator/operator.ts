/**
 * The operator: whoever leads reconciles every agent, and again whenever one changes.
 *
 * @module
 */
import { setTimeout as delay } from "node:timers/promises";
import type { OperatorSettings } from "../config/operator_settings.ts";
import type { OpenedLog } from "../eventlog/open_log.ts";
import type { SigningKey } from "../eventlog/signing_key.ts";
import { LogStoreError } from "../eventlog/log_objects.ts";
import { LogFault, type LogPosition } from "../eventlog/verifier.ts";
import { log } from "../telemetry/logs.ts";
import { leaderElectionStatus } from "../telemetry/operator_metrics.ts";
import { Informer } from "./informer.ts";
import { Journal } from "./journal.ts";
import { AGENT, type AgentObject } from "./kinds.ts";
import type { KubeApi } from "./kube/kube_api.ts";
import { KubeError, KubeUnreachableError } from "./kube/kube_error.ts";
import { type ObjectRef, refOf, refText } from "./kube/kube_object.ts";
import { LeaderElection } from "./lease/leader_election.ts";
import { standingTerm } from "./lease/standing_term.ts";
import type { OperatorState } from "./probes.ts";
import { ReconcileFailedError, Reconciler } from "./reconciler.ts";
import { LeadershipLostError, type Term } from "./term.ts";
import { WorkQueue } from "./work_queue.ts";

/** What an operator works with. */
export interface OperatorOptions {
  readonly api: KubeApi;
  readonly settings: OperatorSettings;
  /** Where the lease is, unless the settings say so; `default` without both. */
  readonly namespace?: string;
  /** Signs checkpoints, and verifies them; none is made or trusted without it. */
  readonly signingKey?: SigningKey;
  /** @param trusted what was verified of the log */
  readonly openLog: (trusted?: LogPosition) => OpenedLog;
}

/** How long nothing may be heard of the API server before somebody else is the better leader. Milliseconds. */
const SILENCE = 150_000;

/** How many leases without a word about the election make an operator one to start anew. */
const STUCK_LEASES = 4;

/** How often to look whether what leading needs is there, and whether the log can be read again. Milliseconds. */
const [UNTIL_SYNCED, UNTIL_READ] = [100, 5_000];

/** One replica of an operator. It runs once. */
export class Operator implements OperatorState {
  readonly #options: OperatorOptions;
  readonly #informer: Informer<AgentObject>;
  readonly #journal: Journal;
  readonly #reconciler: Reconciler;
  readonly #election: LeaderElection | undefined;
  /** Agents to look at; only while leading. */
  #queue: WorkQueue | undefined;

  constructor(options: OperatorOptions) {
    const { api, settings, signingKey: key, openLog: open } = options;
    const { checkpoints, hashVersion, watchNamespace: namespace, writerId } = settings;
    this.#options = options;
    this.#informer = new Informer(api, AGENT, {
      selection: { namespace },
      onChange: (ref) => this.#queue?.add(refText(ref)),
      onError: (error) =>
        log.warning("agents cannot be watched, and are listed again", told(error)),
    });
    this.#journal = new Journal({
      open,
      hashVersion,
      writerId,
      checkpoints: key && checkpoints && { key, every: checkpoints.every },
    });
    this.#reconciler = new Reconciler({
      api,
      journal: this.#journal,
      get: (ref) => this.#informer.get(ref),
      settings: { runtimeClassName: settings.runtimeClassName },
    });
    this.#election = settings.election.enabled ? electionOf(options) : undefined;
  }

  /**
   * Takes part in the election, if there is one, and leads whenever it is elected.
   *
   * @param signal ends it: the lease is given back first
   */
  async run(signal: AbortSignal): Promise<void> {
    const watching = this.#informer.run(signal);
    try {
      if (this.#election === undefined) {
        leaderElectionStatus.set(1);
        await this.#lead(standingTerm(this.#options.settings.election.identity), signal);
      } else {
        await this.#election.run(signal, (term) => this.#lead(term, signal));
      }
    } finally {
      leaderElectionStatus.set(0);
      await watching;
      await this.#journal[Symbol.asyncDispose]();
    }
  }

  stuck(): string | undefined {
    if (this.#election === undefined) return undefined;
    const { durations: { lease } } = this.#options.settings.election;
    const silence = performance.now() - this.#election.lastActivity;
    // While the API server does not answer, starting anew would not help.
    if (silence <= STUCK_LEASES * lease || this.#informer.sinceContact > silence) return undefined;
    return `the election stands still for ${Math.round(silence / 1_000)} s`;
  }

  unready(): string | undefined {
    if (!this.#informer.hasSynced) return "the agents have not been listed yet";
    const { sinceContact } = this.#informer;
    if (sinceContact > SILENCE) {
      return `the API server was last heard of ${Math.round(sinceContact / 1_000)} s ago`;
    }
    const { fault } = this.#journal;
    if (fault === undefined) return undefined;
    return `the log cannot be used: ${fault instanceof Error ? fault.message : fault}`;
  }

  facts() {
    return { leader: this.#queue !== undefined, agents: this.#informer.all().length };
  }

  /** Reconciles until the term ends, or it is asked to stop. */
  async #lead(term: Term, stop: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([term.signal, stop]);
    using queue = new WorkQueue();
    try {
      const known = await this.#prepare(term, signal);
      this.#queue = queue;
      const addAll = () => this.#inScope(known).forEach((ref) => queue.add(refText(ref)));
      addAll();
      const resync = setInterval(addAll, this.#options.settings.resync);
      try {
        await queue.run((key) => this.#reconcile(key, queue, term), {
          signal,
          onFault: (agent, error) => this.#report(agent, error, signal),
        });
      } finally {
        clearInterval(resync);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#queue = undefined;
    }
  }

  async #reconcile(key: string, queue: WorkQueue, term: Term): Promise<void> {
    const { requeueAfter } = await this.#reconciler.reconcile(refOfText(key), term);
    if (requeueAfter !== undefined) queue.addAfter(key, requeueAfter);
  }

  /** @returns the agents that the log knows of */
  async #prepare(term: Term, signal: AbortSignal): Promise<readonly ObjectRef[]> {
    for (;;) {
      try {
        const known = await this.#reconciler.known(term);
        while (!this.#informer.hasSynced) await delay(UNTIL_SYNCED, undefined, { signal });
        return known;
      } catch (error) {
        if (signal.aborted || error instanceof LeadershipLostError) throw error;
        log.error("the log cannot be read, and nothing is reconciled before it can", told(error));
        await delay(UNTIL_READ, undefined, { signal });
      }
    }
  }

  /** Those that are there, in the order of their names, and of those that the log knows those that we watch. */
  #inScope(known: readonly ObjectRef[]): readonly ObjectRef[] {
    const { watchNamespace } = this.#options.settings;
    const watched = known.filter(({ namespace }) =>
      watchNamespace === undefined || namespace === watchNamespace
    );
    const refs = [...this.#informer.all().map(refOf), ...watched];
    const byText = new Map(refs.map((ref) => [refText(ref), ref]));
    return [...byText.entries()].toSorted(([one], [other]) => one < other ? -1 : 1)
      .map(([, ref]) => ref);
  }

  #report(agent: string, error: unknown, signal: AbortSignal): void {
    if (signal.aborted || error instanceof LeadershipLostError) return;
    log.warning("an agent could not be reconciled, and is tried again", { agent, ...told(error) });
  }
}

function electionOf({ api, settings, namespace }: OperatorOptions): LeaderElection {
  const { identity, leaseName, durations } = settings.election;
  return new LeaderElection({
    api,
    namespace: settings.namespace ?? namespace ?? "default",
    leaseName,
    identity,
    durations,
  });
}

/** Where a call has ended says nothing that the message of a foreseen fault does not. */
function told(error: unknown): { readonly error: unknown } {
  const isForeseen = FORESEEN.some((kind) => error instanceof kind);
  return { error: isForeseen && error instanceof Error ? error.message : error };
}

const FORESEEN = [KubeError, KubeUnreachableError, LogFault, LogStoreError, ReconcileFailedError];

function refOfText(text: string): ObjectRef {
  const [namespace = "", name = ""] = text.split("/");
  return { namespace, name };
}
