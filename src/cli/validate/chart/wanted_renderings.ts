/**
 * What has to be rendered for the checks, and how.
 *
 * @module
 */
import type { Context } from "../context.ts";
import { failed, type Finding } from "../finding.ts";
import type { Rendering } from "./renderings.ts";
import { operatorsIn } from "./workload.ts";

type Given = Pick<Context, "renderings" | "selector" | "release" | "namespace">;

/**
 * Looks at the renderings; without any that has the operator, says how to make them.
 *
 * @param replicas for how many there should be renderings
 */
export function withRenderings(
  context: Given,
  replicas: readonly number[],
  look: (renderings: readonly Rendering[]) => Finding,
): Finding {
  const { renderings, selector } = context;
  const isThere = renderings.some((each) => operatorsIn(each, selector).length > 0);
  if (isThere) return look(renderings);
  const reason = renderings.length === 0
    ? "nothing is rendered, and --rendered names nothing"
    : "no rendering has the operator's Deployment";
  return failed(`${reason}; ${howToRender(context, replicas)}`);
}

/** The commands that make renderings for so many replicas. */
export function howToRender({ release, namespace }: Given, replicas: readonly number[]): string {
  const commands = replicas.map((count) =>
    `  helm template ${release} ${CHART} --namespace ${namespace} ` +
    `-f ${CHART}/values-production.yaml --set replicaCount=${count} > rendered/${count}.yaml`
  );
  return ["make them with", "  mkdir -p rendered", ...commands, "and give --rendered rendered"]
    .join("\n");
}

/** Where the chart is in the source. */
const CHART = "deploy/helm/holdfast";
