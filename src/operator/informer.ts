import { setTimeout as delay } from "node:timers/promises";
import { type RetryPolicy, waitAfter } from "../backends/retry.ts";
import type { KubeApi, Listed, Selection, WatchEvent } from "./kube/kube_api.ts";
import { KubeError } from "./kube/kube_error.ts";
import {
  type KubeObject,
  type ObjectRef,
  refOf,
  refText,
  type ResourceKind,
} from "./kube/kube_object.ts";

/** Whom an informer informs. None of it may throw. */
export interface InformerOptions<T = KubeObject> {
  readonly selection?: Selection;
  /** Something about an object has changed, or it is gone: look at what there is now. */
  onChange(ref: ObjectRef): void;
  /** It is tried again all the same. */
  onError(error: unknown): void;
  /** What of an object to keep; all of it without this. Its name, namespace and version have to stay. */
  keep?(object: T): T;
  /** How the waits between attempts grow; up to 30 s without it. */
  readonly patience?: Pick<RetryPolicy, "leastDelay" | "baseDelay" | "maxDelay" | "random">;
}

const PATIENCE = { leastDelay: 100, baseDelay: 1_000, maxDelay: 30_000, random: Math.random };

/** A server may ask for more patience than that, up to so many milliseconds. */
const MOST_PATIENCE = 300_000;

/**
 * Keeps what a server has of a kind, by listing it and watching what changes. It is level-based: told is
 * that an object changed, never how, and several changes may be told as one.
 */
export class Informer<T extends KubeObject> {
  readonly #api: Pick<KubeApi, "list" | "watch">;
  readonly #kind: ResourceKind<T>;
  readonly #options: InformerOptions<T>;
  readonly #patience: RetryPolicy;
  #objects = new Map<string, T>();
  /** Up to where we know everything; `undefined` where it has to be listed. */
  #version: string | undefined;
  #hasSynced = false;
  #lastContact = -Infinity;
  /** When the server began to answer the watch. */
  #watchedSince = Infinity;

  constructor(
    api: Pick<KubeApi, "list" | "watch">,
    kind: ResourceKind<T>,
    options: InformerOptions<T>,
  ) {
    this.#api = api;
    this.#kind = kind;
    this.#options = options;
    this.#patience = { attempts: Infinity, ...(options.patience ?? PATIENCE) };
  }

  /** The object as it was last seen; `undefined` where there is none. */
  get(ref: ObjectRef): T | undefined {
    return this.#objects.get(refText(ref));
  }

  /** All objects, as the server lists them, with what is new at the end. */
  all(): readonly T[] {
    return [...this.#objects.values()];
  }

  /** Whether everything has been listed once. */
  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /**
   * Milliseconds since the server was last heard of; `Infinity` where it never was. While all is well and
   * nothing changes that is 90 s at most, and a little more for asking again.
   */
  get sinceContact(): number {
    return performance.now() - this.#lastContact;
  }

  /**
   * Keeps up with the server, whatever happens, until the signal. A watch that does not last as long as
   * the shortest wait between attempts counts as failed, so that waits grow.
   */
  async run(signal: AbortSignal): Promise<void> {
    for (let failures = 0; !signal.aborted;) {
      this.#watchedSince = Infinity;
      const fault = await this.#follow(signal);
      if (signal.aborted) return;
      const wasHealthy = performance.now() - this.#watchedSince >= this.#patience.baseDelay;
      if (wasHealthy) failures = 0;
      if (wasHealthy && fault === undefined) continue;
      const wait = this.#waitAfter(++failures, fault?.error);
      await delay(wait, undefined, { signal }).catch(() => {});
    }
  }

  /** Resolves when a watch is over, with what it ended with. */
  async #follow(signal: AbortSignal): Promise<{ readonly error: unknown } | undefined> {
    const { selection } = this.#options;
    try {
      this.#version ??= this.#replace(await this.#api.list(this.#kind, selection, { signal }));
      const from = { ...selection, resourceVersion: this.#version };
      for await (const event of this.#api.watch(this.#kind, from, { signal })) this.#take(event);
      return undefined;
    } catch (error) {
      if (!signal.aborted) this.#report(error);
      return { error };
    }
  }

  /** That a version is too old is no fault: it is listed again. */
  #report(error: unknown): void {
    const isTooOld = error instanceof KubeError && error.status === 410;
    if (!isTooOld || this.#version === undefined) this.#options.onError(error);
    if (!mayResume(error)) this.#version = undefined;
  }

  /** @returns up to where we know everything by then */
  #replace({ items, resourceVersion }: Listed<T>): string {
    const before = this.#objects;
    this.#objects = new Map(items.map((item) => [refText(refOf(item)), this.#kept(item)]));
    this.#hasSynced = true;
    this.#lastContact = performance.now();
    for (const [key, object] of before) {
      if (!this.#objects.has(key)) this.#options.onChange(refOf(object));
    }
    for (const [key, object] of this.#objects) {
      const known = before.get(key)?.metadata.resourceVersion;
      const isSame = known !== undefined && known === object.metadata.resourceVersion;
      if (!isSame) this.#options.onChange(refOf(object));
    }
    return resourceVersion;
  }

  #take(event: WatchEvent<T>): void {
    this.#lastContact = performance.now();
    this.#watchedSince = Math.min(this.#watchedSince, this.#lastContact);
    if (event.type === "BOOKMARK") {
      this.#version = event.resourceVersion;
      return;
    }
    const { type, object } = event;
    const ref = refOf(object);
    if (type === "DELETED") this.#objects.delete(refText(ref));
    else this.#objects.set(refText(ref), this.#kept(object));
    this.#version = object.metadata.resourceVersion ?? this.#version;
    this.#options.onChange(ref);
  }

  #kept(object: T): T {
    return this.#options.keep?.(object) ?? object;
  }

  #waitAfter(failures: number, error: unknown): number {
    const asked = error instanceof KubeError ? error.retryAfter ?? 0 : 0;
    return Math.max(waitAfter(failures, this.#patience), Math.min(asked, MOST_PATIENCE));
  }
}

/** Whether to watch on from where we were. Source: the reflector of client-go lists after all other faults. */
function mayResume(error: unknown): boolean {
  return !(error instanceof KubeError) || error.status === 429 || error.status === 503;
}
