/**
 * What runs pods, rendered or live.
 * Source: Kubernetes API reference, "Deployment", "PodSpec", "TopologySpreadConstraint".
 *
 * @module
 */
import { z } from "zod";
import { type Labels, matches } from "../cluster/labels.ts";
import type { Manifest, Rendering } from "./renderings.ts";

/** A Deployment, as far as it is looked at. */
export interface Workload {
  readonly name: string;
  readonly replicas: number;
  /** Of its pods. */
  readonly labels: Labels;
  readonly spread: readonly SpreadConstraint[];
}

/** One rule of how pods are spread. */
export interface SpreadConstraint {
  readonly topologyKey: string;
  readonly whenUnsatisfiable: string;
  /** Which pods are counted; absent where it says none, and none are. */
  readonly counted?: Labels;
}

const LABELS = z.record(z.string(), z.string());

const SPREAD = z.looseObject({
  topologyKey: z.string(),
  whenUnsatisfiable: z.string(),
  labelSelector: z.looseObject({ matchLabels: LABELS.nullish() }).nullish(),
}).transform(({ topologyKey, whenUnsatisfiable, labelSelector }): SpreadConstraint => ({
  topologyKey,
  whenUnsatisfiable,
  counted: labelSelector?.matchLabels ?? undefined,
}));

const DEPLOYMENT = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    replicas: z.number().int().min(0).nullish(),
    template: z.looseObject({
      metadata: z.looseObject({ labels: LABELS.nullish() }).nullish(),
      spec: z.looseObject({ topologySpreadConstraints: z.array(SPREAD).nullish() }),
    }),
  }),
}).transform(({ metadata, spec: { replicas, template } }): Workload => ({
  name: metadata.name,
  // What the API server takes where nobody says.
  replicas: replicas ?? 1,
  labels: template.metadata?.labels ?? {},
  spread: template.spec.topologySpreadConstraints ?? [],
}));

/**
 * Reads a Deployment.
 *
 * @throws {Error} for what is none
 */
export function workloadOf(deployment: unknown): Workload {
  const read = DEPLOYMENT.safeParse(deployment);
  if (read.success) return read.data;
  throw new Error(`a Deployment cannot be read: ${z.prettifyError(read.error)}`);
}

/** The Deployments of a rendering whose pods a selector means. */
export function operatorsIn({ objects }: Rendering, selector: Labels): readonly Workload[] {
  return objects.filter(({ kind }) => kind === "Deployment").map(workloadOf)
    .filter(({ labels }) => matches(selector, labels));
}

const CONTAINERS = z.array(z.looseObject({ name: z.string(), image: z.string().optional() }));

const POD = z.looseObject({
  containers: CONTAINERS,
  initContainers: CONTAINERS.nullish(),
}).transform(({ containers, initContainers }) => [...initContainers ?? [], ...containers]);

const TEMPLATE = z.looseObject({ template: z.looseObject({ spec: POD }) });

const JOB = z.looseObject({ jobTemplate: z.looseObject({ spec: TEMPLATE }) });

const IN_TEMPLATE = TEMPLATE.transform(({ template }) => template.spec);

/** How a `spec` has its containers, by kind. */
const CONTAINERS_OF: Readonly<Record<string, z.ZodType<z.infer<typeof CONTAINERS>>>> = {
  Pod: POD,
  Deployment: IN_TEMPLATE,
  StatefulSet: IN_TEMPLATE,
  DaemonSet: IN_TEMPLATE,
  ReplicaSet: IN_TEMPLATE,
  Job: IN_TEMPLATE,
  CronJob: JOB.transform(({ jobTemplate }) => jobTemplate.spec.template.spec),
};

/** The image of a container, and where that is. */
export interface UsedImage {
  /** `Deployment/rynxs container operator`. */
  readonly where: string;
  /** `""` where it names none. */
  readonly image: string;
}

/**
 * The images of everything that runs pods, in the order of the objects.
 *
 * @throws {Error} for an object that cannot be one
 */
export function imagesOf(objects: readonly Manifest[]): readonly UsedImage[] {
  return objects.flatMap(({ kind, metadata, spec }) => {
    const schema = CONTAINERS_OF[kind];
    if (schema === undefined) return [];
    const where = `${kind}/${metadata?.name ?? ""}`;
    const read = schema.safeParse(spec);
    if (!read.success) throw new Error(`${where} cannot be read: ${z.prettifyError(read.error)}`);
    return read.data.map(({ name, image = "" }) => ({
      where: `${where} container ${name}`,
      image,
    }));
  });
}
