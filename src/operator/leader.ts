import { setTimeout as delay } from "node:timers/promises";
import { waitAfter } from "../backends/retry.ts";
import type { OperatorSettings } from "../config/operator_settings.ts";
import { LogStoreError } from "../eventlog/log_objects.ts";
import { LogFault } from "../eventlog/verifier.ts";
import type { Informer } from "./informer.ts";
import type { AgentObject } from "./kinds.ts";
import { type ObjectRef, readRef, refOf, refText } from "./kube/kube_object.ts";
import { LogOutage } from "./log_outage.ts";
import type { Reconciler } from "./reconciler.ts";
import { LeadershipLostError, type Term } from "./term.ts";
import type { TroubleLog } from "./trouble_log.ts";
import { WorkQueue } from "./work_queue.ts";

/** What leading takes. */
export interface LeaderOptions {
  /** What there is now. */
  readonly agents: Pick<Informer<AgentObject>, "all" | "hasSynced">;
  readonly reconciler: Pick<Reconciler, "known" | "reconcile">;
  readonly settings: Pick<OperatorSettings, "resync" | "watchNamespace">;
  readonly troubles: TroubleLog;
}

/** How often to look whether the agents have been listed. Milliseconds. */
const UNTIL_SYNCED = 100;

/** How the waits grow before a store is tried again that did not answer. Milliseconds. */
const STORE_PATIENCE = {
  attempts: Infinity,
  leastDelay: 1_000,
  baseDelay: 2_000,
  maxDelay: 10_000,
  random: Math.random,
};

/** The same before a log is read anew that did not verify, which may take long. */
const READING_PATIENCE = {
  attempts: Infinity,
  leastDelay: 1_000,
  baseDelay: 5_000,
  maxDelay: 300_000,
  random: Math.random,
};

/** What a leader does in its term: it reconciles every agent, and again whenever one changes. */
export class Leader {
  readonly #options: LeaderOptions;
  #isElected = false;
  /** Agents to look at; only while working. */
  #queue: WorkQueue | undefined;

  constructor(options: LeaderOptions) {
    this.#options = options;
  }

  /** Whether there is a term, be it that the log cannot be read yet. */
  get isElected(): boolean {
    return this.#isElected;
  }

  /** Whether agents are reconciled. */
  get isWorking(): boolean {
    return this.#queue !== undefined;
  }

  /** Something about an agent has changed. Who does not lead need not know. */
  lookAt(agent: ObjectRef): void {
    this.#queue?.add(refText(agent));
  }

  /** Works until the term ends, or it is asked to stop. */
  async lead(term: Term, stop: AbortSignal): Promise<void> {
    const signal = AbortSignal.any([term.signal, stop]);
    this.#isElected = true;
    try {
      await this.#prepare(term, signal);
      await this.#work(term, signal);
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#isElected = false;
    }
  }

  /** Waits for what leading needs: what the log says, and a list of agents. */
  async #prepare(term: Term, signal: AbortSignal): Promise<void> {
    const { agents, reconciler } = this.#options;
    await this.#onceLogWorks(() => reconciler.known(term), signal);
    while (!agents.hasSynced) await delay(UNTIL_SYNCED, undefined, { signal });
  }

  /** While the log cannot be used, no agent fares better than another: they wait for it together. */
  async #onceLogWorks<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const { troubles } = this.#options;
    using outage = new LogOutage();
    for (let attempt = 1;; attempt++) {
      try {
        const result = await work();
        troubles.over("log");
        return result;
      } catch (error) {
        const isAway = error instanceof LogStoreError;
        if (signal.aborted || !isAway && !(error instanceof LogFault)) throw error;
        if (isAway) outage.note(error);
        const message = "the log cannot be used, and nothing is reconciled before it can";
        troubles.tell("log", { message, error, level: "error" });
        const patience = isAway ? STORE_PATIENCE : READING_PATIENCE;
        await delay(waitAfter(attempt, patience), undefined, { signal });
      }
    }
  }

  async #work(term: Term, signal: AbortSignal): Promise<void> {
    using queue = new WorkQueue();
    const report = (agent: string, error: unknown) => this.#report(agent, error, signal);
    const lookAtAll = () =>
      this.#addAll(queue, term).catch((error) => report("every agent", error));
    this.#queue = queue;
    const resync = setInterval(lookAtAll, this.#options.settings.resync);
    try {
      await lookAtAll();
      const work = (key: string) =>
        this.#onceLogWorks(() => this.#reconcile(key, queue, term), signal);
      await queue.run(work, { signal, onFault: report });
    } finally {
      clearInterval(resync);
      this.#queue = undefined;
    }
  }

  async #reconcile(key: string, queue: WorkQueue, term: Term): Promise<void> {
    const { reconciler, troubles } = this.#options;
    const { requeueAfter } = await reconciler.reconcile(readRef(key), term);
    troubles.over(key);
    if (requeueAfter !== undefined) queue.addAfter(key, requeueAfter);
  }

  /** Those that are there, and those that went, in the order of their names. */
  async #addAll(queue: WorkQueue, term: Term): Promise<void> {
    const { agents, reconciler, settings: { watchNamespace } } = this.#options;
    const known = (await reconciler.known(term)).filter(({ namespace }) =>
      watchNamespace === undefined || namespace === watchNamespace
    );
    const keys = new Set([...agents.all().map(refOf), ...known].map(refText));
    for (const key of [...keys].sort()) queue.add(key);
  }

  #report(agent: string, error: unknown, signal: AbortSignal): void {
    if (signal.aborted || error instanceof LeadershipLostError) return;
    const message = "an agent could not be reconciled, and is tried again";
    this.#options.troubles.tell(agent, { message, error, facts: { agent } });
  }
}
