/**
 * The chart as tests use it: rendered, its objects taken apart, and pods made of what it would start.
 *
 * @module
 */
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { toolPath } from "../harness/tools.ts";

/** Directory of the chart. */
export const CHART = new URL("../../deploy/helm/holdfast", import.meta.url).pathname;

/** Its values for production. */
export const PRODUCTION = `${CHART}/values-production.yaml`;

const podSpec = z.looseObject({
  serviceAccountName: z.string().optional(),
  automountServiceAccountToken: z.boolean(),
  terminationGracePeriodSeconds: z.number().optional(),
  containers: z.array(z.looseObject({
    name: z.string(),
    image: z.string(),
    args: z.array(z.string()).optional(),
    env: z.array(z.looseObject({ name: z.string(), value: z.string().optional() })).default([]),
  })),
});

const rendered = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z.looseObject({}).optional(),
});

const workload = z.looseObject({
  spec: z.looseObject({ template: z.looseObject({ spec: podSpec }) }),
});

/** An object that the chart makes. */
export type Rendered = z.infer<typeof rendered>;

/** What a pod is made of. */
export type PodSpec = z.infer<typeof podSpec>;

/** What Helm came to. */
export interface HelmAnswer {
  readonly ok: boolean;
  /** Standard output, and then standard error. */
  readonly said: string;
  readonly stdout: string;
}

/** Runs Helm. */
export async function helm(...args: readonly string[]): Promise<HelmAnswer> {
  const command = new Deno.Command(await toolPath("helm"), {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const { success, stdout, stderr } = await command.output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { ok: success, said: `${out}${err}`, stdout: out! };
}

/**
 * The chart's manifest, as the release `rynxs` in the namespace `rynxs`.
 *
 * @throws {Error} with what Helm says where it refuses the values
 */
export async function manifest(...args: readonly string[]): Promise<string> {
  const { ok, said, stdout } = await helm(
    "template",
    "rynxs",
    CHART,
    "--namespace=rynxs",
    ...args,
  );
  if (!ok) throw new Error(said);
  return stdout;
}

/** The objects of a manifest. */
export function objectsOf(text: string): readonly Rendered[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS())
    .filter((object) => object !== null)
    .map((object) => rendered.parse(object));
}

/** The pod that an object starts, if it starts any. */
export function podOf(object: Rendered): PodSpec | undefined {
  if (object.kind === "Pod") return podSpec.parse(object.spec);
  const parsed = workload.safeParse(object);
  return parsed.success ? parsed.data.spec.template.spec : undefined;
}

/** The object of a kind and a name. */
export function found(objects: readonly Rendered[], kind: string, name: string): Rendered {
  const object = objects.find((each) => each.kind === kind && each.metadata.name === name);
  if (object === undefined) throw new Error(`there is no ${kind} ${name}`);
  return object;
}

/** Variables of a pod's first container that have a value written in them. */
export function variables(object: Rendered): Readonly<Record<string, string>> {
  const env = podOf(object)?.containers[0]?.env ?? [];
  return Object.fromEntries(
    env.flatMap(({ name, value }) => value === undefined ? [] : [[name, value]]),
  );
}
