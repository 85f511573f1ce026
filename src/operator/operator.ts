/**
 * The operator: whoever leads reconciles every agent, and again whenever one changes.
 *
 * @module
 */
import type { OperatorSettings } from "../config/operator_settings.ts";
import type { OpenedLog } from "../eventlog/open_log.ts";
import type { SigningKey } from "../eventlog/signing_key.ts";
import type { LogPosition } from "../eventlog/verifier.ts";
import { leaderElectionStatus } from "../telemetry/operator_metrics.ts";
import { lean, wholly } from "./agent/lean.ts";
import { Informer } from "./informer.ts";
import { Journal } from "./journal.ts";
import { AGENT, type AgentObject } from "./kinds.ts";
import type { KubeApi } from "./kube/kube_api.ts";
import { Leader } from "./leader.ts";
import { LeaderElection } from "./lease/leader_election.ts";
import { standingTerm } from "./lease/standing_term.ts";
import type { OperatorState } from "./probes.ts";
import { Reconciler } from "./reconciler.ts";
import { standsStill } from "./standstill.ts";
import { TroubleLog } from "./trouble_log.ts";

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

/** One replica of an operator. It runs once. */
export class Operator implements OperatorState {
  readonly #options: OperatorOptions;
  readonly #informer: Informer<AgentObject>;
  readonly #journal: Journal;
  readonly #leader: Leader;
  readonly #election: LeaderElection | undefined;
  readonly #troubles = new TroubleLog();

  constructor(options: OperatorOptions) {
    const { api, settings, signingKey: key, openLog: open } = options;
    const { checkpoints, hashVersion, watchNamespace: namespace, writerId } = settings;
    this.#options = options;
    this.#informer = new Informer(api, AGENT, {
      selection: { namespace },
      onChange: (ref) => this.#leader.lookAt(ref),
      onError: (error) =>
        this.#troubles.tell("agents", {
          message: "agents cannot be watched, and are listed again",
          error,
        }),
      keep: lean,
    });
    this.#journal = new Journal({
      open,
      hashVersion,
      writerId,
      checkpoints: key && checkpoints && { key, every: checkpoints.every },
    });
    const reconciler = new Reconciler({
      api,
      journal: this.#journal,
      get: (ref) => wholly(this.#informer.get(ref)),
      settings: { runtimeClassName: settings.runtimeClassName },
    });
    this.#leader = new Leader({
      agents: this.#informer,
      reconciler,
      settings,
      troubles: this.#troubles,
    });
    this.#election = settings.election.enabled ? electionOf(options) : undefined;
  }

  /**
   * Takes part in the election, if there is one, and leads whenever it is elected.
   *
   * @param signal ends it: the lease is given back first
   */
  async run(signal: AbortSignal): Promise<void> {
    const ended = new AbortController();
    const watching = this.#informer.run(AbortSignal.any([signal, ended.signal]));
    try {
      if (this.#election === undefined) {
        leaderElectionStatus.set(1);
        await this.#leader.lead(standingTerm(this.#options.settings.election.identity), signal);
      } else {
        await this.#election.run(signal, (term) => this.#leader.lead(term, signal));
      }
    } finally {
      leaderElectionStatus.set(0);
      ended.abort();
      await watching;
      await this.#journal[Symbol.asyncDispose]();
    }
  }

  stuck(): string | undefined {
    if (this.#election === undefined) return undefined;
    const { durations: { lease } } = this.#options.settings.election;
    const election = performance.now() - this.#election.lastActivity;
    const agents = this.#informer.sinceContact;
    if (!standsStill({ election, agents }, lease)) return undefined;
    return `the election stands still for ${Math.round(election / 1_000)} s`;
  }

  unready(): string | undefined {
    if (!this.#informer.hasSynced) return "the agents have not been listed yet";
    const { sinceContact } = this.#informer;
    if (sinceContact > SILENCE) {
      return `nothing was heard of agents for ${Math.round(sinceContact / 1_000)} s`;
    }
    const { fault } = this.#journal;
    // Who does not lead does not look at the log, and would not learn that it is well again.
    if (fault === undefined || !this.#leader.isElected) return undefined;
    return `the log cannot be used: ${fault instanceof Error ? fault.message : fault}`;
  }

  facts() {
    return {
      leader: this.#election?.isLeading ?? this.#leader.isElected,
      reconciling: this.#leader.isWorking,
      agents: this.#informer.all().length,
    };
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
