/**
 * As much of an API server as it takes to see what is asked of it, and to let it fail. What a real one
 * does is tested with a real one.
 *
 * @module
 */
import type { Applied, KubeApi } from "../../../src/operator/kube/kube_api.ts";
import type {
  KubeObject,
  ObjectRef,
  ResourceKind,
} from "../../../src/operator/kube/kube_object.ts";
import type { AgentObject } from "../../../src/operator/kinds.ts";

/** A call that was made. */
export interface KubeCall {
  readonly verb: "get" | "apply" | "applyStatus" | "delete";
  /** `Kind/namespace/name`. */
  readonly object: string;
}

/** Objects in memory. What it takes for an object of a kind was put there as one of that kind. */
export class MemoryKube implements Pick<KubeApi, "get" | "apply" | "applyStatus" | "delete"> {
  readonly objects = new Map<string, KubeObject>();
  readonly calls: KubeCall[] = [];
  /** Called around each call: it may fail in stead of the server, or after it. */
  around: <T>(call: KubeCall, run: () => Promise<T>) => Promise<T> = (_, run) => run();
  #version: number;

  /** @param version of the first object: clusters differ */
  constructor(version = 1) {
    this.#version = version;
  }

  /** What somebody else does. */
  put(object: KubeObject): void {
    const resourceVersion = String(this.#version++);
    const metadata = { uid: `uid-${resourceVersion}`, ...object.metadata, resourceVersion };
    this.objects.set(keyOf(object.kind, object.metadata), { ...object, metadata });
  }

  /** An agent as it is now. */
  agent(ref: ObjectRef): AgentObject | undefined {
    const found = this.objects.get(keyOf("Agent", ref));
    return found && { ...found };
  }

  get<T extends KubeObject>(kind: ResourceKind<T>, ref: ObjectRef): Promise<T | undefined> {
    const object = keyOf(kind.kind, ref);
    return this.#call({ verb: "get", object }, () => this.objects.get(object) as T | undefined);
  }

  apply<T extends KubeObject>(kind: ResourceKind<T>, manifest: T): Promise<Applied<T>> {
    const object = keyOf(kind.kind, manifest.metadata);
    return this.#call({ verb: "apply", object }, () => {
      const before = this.objects.get(object);
      this.put(merged(before ?? {}, manifest) as KubeObject);
      return { object: this.objects.get(object) as T, isCreated: before === undefined };
    });
  }

  applyStatus<T extends KubeObject>(
    kind: ResourceKind<T>,
    manifest: KubeObject & { readonly status: unknown },
  ): Promise<T> {
    const object = keyOf(kind.kind, manifest.metadata);
    return this.#call({ verb: "applyStatus", object }, () => {
      const { status } = manifest;
      const after = { ...this.objects.get(object), status } as unknown as T;
      this.objects.set(object, after);
      return after;
    });
  }

  delete(kind: ResourceKind, ref: ObjectRef): Promise<boolean> {
    const object = keyOf(kind.kind, ref);
    return this.#call({ verb: "delete", object }, () => this.objects.delete(object));
  }

  #call<T>(call: KubeCall, run: () => T): Promise<T> {
    this.calls.push(call);
    return this.around(call, () => Promise.resolve().then(run));
  }
}

function keyOf(kind: string, { namespace, name }: ObjectRef): string {
  return `${kind}/${namespace}/${name}`;
}

/** Members of objects one by one, anything else as it is. */
function merged(before: object, manifest: object): object {
  const there = new Map(Object.entries(before));
  const members = Object.entries(manifest).map(([name, value]) => {
    const old = there.get(name);
    return [name, isObject(value) && isObject(old) ? merged(old, value) : value];
  });
  return { ...before, ...Object.fromEntries(members) };
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
