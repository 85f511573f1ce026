/**
 * A cluster in memory, a log in a file, and operators that reconcile the one and write the other.
 *
 * @module
 */
import { join } from "node:path";
import type { LogEvent } from "../../../src/eventlog/event.ts";
import { isJsonObject } from "../../../src/eventlog/json.ts";
import { type OpenedLog, openLog } from "../../../src/eventlog/open_log.ts";
import type { StoredRecord } from "../../../src/eventlog/stored_record.ts";
import type { LogPosition } from "../../../src/eventlog/verifier.ts";
import type { DecisionSettings } from "../../../src/operator/agent/decide.ts";
import { Journal, type JournalOptions } from "../../../src/operator/journal.ts";
import type { ObjectRef } from "../../../src/operator/kube/kube_object.ts";
import { Reconciler } from "../../../src/operator/reconciler.ts";
import type { Term } from "../../../src/operator/term.ts";
import { agentOf, termOf } from "./agent_fixture.ts";
import { MemoryKube } from "./memory_kube.ts";

/** An operator process. */
export interface TestOperator {
  readonly journal: Journal;
  reconcile(name: string, term?: Term): ReturnType<Reconciler["reconcile"]>;
  known(): ReturnType<Reconciler["known"]>;
}

/** How an operator differs from others. */
export interface OperatorOptions extends Partial<JournalOptions> {
  readonly settings?: DecisionSettings;
  /** The cluster as that operator reaches it. */
  readonly api?: MemoryKube;
}

/** All of it. */
export interface World extends AsyncDisposable {
  readonly kube: MemoryKube;
  /** Path of the log. */
  readonly path: string;
  open(trusted?: LogPosition): OpenedLog;
  /** Starts an operator; it ends with the world. */
  operator(options?: OperatorOptions): TestOperator;
  /** Creates or changes an agent. */
  putAgent(name: string, spec: Readonly<Record<string, unknown>>, uid?: string): void;
  /** Deletes an agent, and what goes with it. */
  deleteAgent(name: string): void;
  records(): Promise<readonly StoredRecord[]>;
  /** Types of all events, those of results with their actions and codes. */
  story(): Promise<readonly string[]>;
  bytes(): Promise<Uint8Array>;
}

/** Makes a world with nothing in it. */
export async function makeWorld(kube = new MemoryKube()): Promise<World> {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-agents-" });
  const path = join(directory, "events");
  const journals: Journal[] = [];
  const open = (trusted?: LogPosition) => openLog({ kind: "file", path }, { trusted });
  const records = async () => {
    await using opened = open();
    return await Array.fromAsync(opened.log.read());
  };
  return {
    kube,
    path,
    open,
    operator({ settings, api = kube, ...journalOptions } = {}) {
      const journal = new Journal({ open, hashVersion: "v2", ...journalOptions });
      journals.push(journal);
      const get = (ref: ObjectRef) => api.agent(ref);
      const now = () => new Date("2026-01-01T00:00:00Z");
      const reconciler = new Reconciler({ api, journal, get, settings, now });
      return {
        journal,
        reconcile: (name, term = termOf()) => reconciler.reconcile(refOf(name), term),
        known: () => reconciler.known(termOf()),
      };
    },
    putAgent(name, spec, uid) {
      const before = kube.agent(refOf(name));
      const { status } = before ?? {};
      const agent = { ...agentOf(name, spec, { uid: uid ?? before?.metadata.uid }), status };
      kube.put(agent);
    },
    deleteAgent(name) {
      for (const [key, { metadata }] of [...kube.objects]) {
        const isOwned = metadata.ownerReferences?.some((owner) => owner.name === name);
        if (isOwned || key === `Agent/universe/${name}`) kube.objects.delete(key);
      }
    },
    records,
    story: async () => (await records()).map(({ event }) => chapter(event)),
    async bytes() {
      return (await records()).length === 0 ? new Uint8Array() : await Deno.readFile(path);
    },
    async [Symbol.asyncDispose]() {
      for (const journal of journals) await journal[Symbol.asyncDispose]();
      await Deno.remove(directory, { recursive: true });
    },
  };
}

/** An agent of the namespace `universe`. */
export function refOf(name: string): ObjectRef {
  return { namespace: "universe", name };
}

function chapter({ type, payload }: LogEvent): string {
  const { action_type, result_code } = isJsonObject(payload) ? payload : {};
  return action_type === undefined ? type : `${action_type} ${result_code}`;
}
