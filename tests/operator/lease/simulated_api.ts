/** An API server that holds one lease, behind a bad network. @module */
import { KubeError, KubeUnreachableError } from "../../../src/operator/kube/kube_error.ts";
import type { CallOptions } from "../../../src/operator/kube/kube_api.ts";
import type { KubeObject, ResourceKind } from "../../../src/operator/kube/kube_object.ts";
import type { ElectionOptions } from "../../../src/operator/lease/leader_election.ts";
import type { Machine, World } from "./virtual_time.ts";

/** What happens to a call. */
export type Fate =
  | "fine"
  | "request lost"
  | "answer lost"
  /** 409, though nobody else has written. */
  | "conflict"
  /** 500, before or after it has taken effect. */
  | "failed before"
  | "failed after";

/** How calls travel. */
export interface Network {
  /** Of the next call. */
  fate(): Fate;
  /** Of the next way to the server, or back. Milliseconds. */
  latency(): number;
}

/** A network with nothing wrong, that takes no time. */
export const PERFECT: Network = { fate: () => "fine", latency: () => 0 };

/** How long a client waits for an answer. Milliseconds. */
const CLIENT_LIMIT = 10_000;

/** The server, and the network before it. */
export class SimulatedApi {
  /** While it is suspended, calls wait at its door. */
  frozenUntil = 0;
  network: Network = PERFECT;
  /** How many calls have reached it. */
  calls = 0;
  #version = 0;
  #text: string | undefined;

  constructor(readonly world: World) {}

  /** What is stored; `undefined` where nothing is. */
  stored<T>(): T | undefined {
    return this.#text === undefined ? undefined : JSON.parse(this.#text);
  }

  /** Writes past everybody, as an administrator would. */
  put(object: unknown): void {
    const { metadata, ...rest } = JSON.parse(JSON.stringify(object));
    const resourceVersion = String(++this.#version);
    this.#text = JSON.stringify({ ...rest, metadata: { ...metadata, uid: "u", resourceVersion } });
  }

  /** Deletes past everybody. */
  delete(): void {
    this.#text = undefined;
  }

  /** The verbs, as one machine has them. */
  clientOf(machine: Machine): ElectionOptions["api"] {
    const call = <T>(options: CallOptions | undefined, act: () => T) =>
      this.#call(machine, options?.signal, act);
    return {
      get: <T extends KubeObject>(_kind: ResourceKind<T>, _ref: unknown, options?: CallOptions) =>
        call(options, () => this.stored<T>()),
      create: (_kind, object, options) => call(options, () => this.#write(object, undefined)),
      replace: (_kind, object, options) =>
        call(options, () => this.#write(object, object.metadata.resourceVersion ?? "")),
    };
  }

  /** @param version that has to be there; none for an object that must not be there yet */
  #write<T extends KubeObject>(object: T, version: string | undefined): T {
    const there = this.stored<KubeObject>();
    if (version !== undefined && there === undefined) throw new KubeError(404, "NotFound", "gone");
    if (version !== there?.metadata.resourceVersion) throw new KubeError(409, "Conflict", "newer");
    this.put(object);
    return JSON.parse(this.#text ?? "");
  }

  #call<T>(machine: Machine, signal: AbortSignal | undefined, act: () => T): Promise<T> {
    const { world, network } = this;
    const fate = network.fate();
    const [there, back] = [network.latency(), network.latency()];
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason);
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
      machine.sleep(CLIENT_LIMIT).then(() => reject(new KubeUnreachableError("no answer in time")));
      const arrive = () => {
        if (this.frozenUntil > world.now) return world.at(this.frozenUntil, arrive);
        this.calls++;
        const answer = answerOf(fate, act);
        if (fate !== "answer lost") {
          world.at(world.now + back, () => answer.then(resolve, reject), machine);
        }
      };
      if (fate !== "request lost") world.at(world.now + there, arrive);
    });
  }
}

function answerOf<T>(fate: Fate, act: () => T): Promise<T> {
  const failed = (status: number, reason: string) =>
    Promise.reject(new KubeError(status, reason, fate));
  const answer = settled(
    fate === "conflict"
      ? failed(409, "Conflict")
      : fate === "failed before"
      ? failed(500, "InternalError")
      : new Promise<T>((resolve) => resolve(act())),
  );
  return fate === "failed after" ? settled(failed(500, "InternalError")) : answer;
}

/** A failure that may go unheard, as those do whose answer is lost. */
function settled<T>(answer: Promise<T>): Promise<T> {
  answer.catch(() => {});
  return answer;
}
