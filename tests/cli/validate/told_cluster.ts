/**
 * What checks look at, as a test tells it.
 *
 * @module
 */
import type { Check, Phase } from "../../../src/cli/validate/check.ts";
import type { Cluster } from "../../../src/cli/validate/cluster/cluster.ts";
import { matches, parseSelector } from "../../../src/cli/validate/cluster/labels.ts";
import type { Context } from "../../../src/cli/validate/context.ts";
import type { Finding } from "../../../src/cli/validate/finding.ts";
import { runChecks } from "../../../src/cli/validate/run_checks.ts";
import { KubeError } from "../../../src/operator/kube/kube_error.ts";
import type { KubeObject, ResourceKind } from "../../../src/operator/kube/kube_object.ts";

/** Objects of whatever kind, as they are written. */
export type Told = KubeObject & { readonly spec?: object; readonly status?: object };

/** A cluster that has these objects, and takes and gives away more. */
export class ToldCluster implements Cluster {
  readonly name = "https://cluster.example";
  readonly objects: Told[];
  /** Answers by path. */
  readonly texts = new Map<string, string>();
  /** Called when an object was created. */
  onCreate: (object: KubeObject) => void = () => {};

  constructor(objects: readonly Told[]) {
    this.objects = [...objects];
  }

  get<T extends KubeObject>({ kind }: ResourceKind<T>, { name }: { name: string }) {
    const found = this.objects.find((each) => each.kind === kind && each.metadata.name === name);
    return Promise.resolve(found as T | undefined);
  }

  list<T extends KubeObject>(
    { kind }: ResourceKind<T>,
    { labelSelector }: { labelSelector?: string } = {},
  ) {
    const selector = labelSelector === undefined ? {} : parseSelector(labelSelector);
    const items = this.objects.filter((each) =>
      each.kind === kind && matches(selector, each.metadata.labels)
    );
    // What a test writes is what a server would have taken.
    return Promise.resolve({ items: items as unknown as readonly T[], resourceVersion: "1" });
  }

  create<T extends KubeObject>(kind: ResourceKind<T>, object: T): Promise<T> {
    const { name } = object.metadata;
    if (this.objects.some((each) => each.kind === kind.kind && each.metadata.name === name)) {
      return Promise.reject(new KubeError(409, "AlreadyExists", `${name} already exists`));
    }
    this.objects.push(object);
    this.onCreate(object);
    return Promise.resolve(object);
  }

  delete({ kind }: ResourceKind, { name }: { name: string }): Promise<boolean> {
    const at = this.objects.findIndex((each) => each.kind === kind && each.metadata.name === name);
    return Promise.resolve(at >= 0 && this.objects.splice(at, 1).length > 0);
  }

  getText(path: string): Promise<string> {
    const text = this.texts.get(path);
    return text === undefined
      ? Promise.reject(new KubeError(503, "ServiceUnavailable", `nothing answers at ${path}`))
      : Promise.resolve(text);
  }

  watch(): never {
    throw new Error("no check watches");
  }

  replace(): never {
    throw new Error("no check replaces anything");
  }

  apply(): never {
    throw new Error("no check applies anything");
  }

  applyStatus(): never {
    throw new Error("no check applies anything");
  }
}

/** Labels of the operator's pods. */
export const OPERATOR = { "app.kubernetes.io/name": "rynxs" };

/** A pod of the operator that runs on a node. */
export function pod(name: string, nodeName: string, more: object = {}): Told {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "rynxs", labels: OPERATOR },
    spec: { nodeName, containers: [{ name: "operator", image: "holdfast:1.2.3" }], ...more },
    status: { phase: "Running" },
  };
}

/** A node in a zone; in none that it tells of without it. */
export function node(name: string, zone?: string): Told {
  const labels = zone === undefined ? undefined : { "topology.kubernetes.io/zone": zone };
  return { apiVersion: "v1", kind: "Node", metadata: { name, labels } };
}

/** Everything that there is to look at: nothing, apart from what is given. */
export function contextOf(given: Partial<Context> = {}): Context {
  return {
    namespace: "rynxs",
    selector: OPERATOR,
    release: "rynxs",
    renderings: [],
    rules: undefined,
    runbooks: undefined,
    fencingStatement: "",
    bucket: { kind: "none", reason: "there is no bucket" },
    log: () => Promise.reject(new Error("there is no log")),
    cluster: () => Promise.reject(new Error("there is no cluster")),
    lease: "rynxs-operator-leader",
    metrics: { look: () => Promise.resolve([]) },
    prometheus: undefined,
    wait: 2_000,
    interval: 0,
    now: () => new Date("2026-03-04T05:06:07Z"),
    ...given,
  };
}

/** What a check finds in one of the phases. */
export async function found(check: Check, phase: Phase, given: Partial<Context>): Promise<Finding> {
  const parts = check.parts.filter((part) => part.phase === phase);
  const signal = new AbortController().signal;
  const [outcome] = await runChecks([{ ...check, parts }], contextOf(given), signal);
  return outcome!;
}
