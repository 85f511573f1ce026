/**
 * The metrics of the operator's pods, at their own addresses or through the API server.
 *
 * @module
 */
import type { Context, MetricsSource, PodMetrics } from "../context.ts";
import { fetchText } from "../fetch_text.ts";
import type { PodObject } from "./kinds.ts";
import { isRunning, operatorPods } from "./operator.ts";

/** Where pods have their metrics that do not name the port. */
const PORT = 8080;

/** Metrics at URLs, one for each pod. */
export function metricsAt(urls: readonly string[]): MetricsSource {
  return {
    look: (signal) =>
      Promise.all(urls.map(async (url): Promise<PodMetrics> => ({
        name: url,
        text: await fetchText(url, signal),
      }))),
  };
}

/**
 * Metrics of every pod that runs, through the API server.
 * Source: Kubernetes documentation, "Manually constructing apiserver proxy URLs".
 */
export function metricsOfPods(
  context: Pick<Context, "cluster" | "namespace" | "selector">,
): MetricsSource {
  return {
    async look(signal) {
      const cluster = await context.cluster();
      const pods = await operatorPods(context, signal);
      return await Promise.all(
        pods.filter(isRunning).map(async (pod): Promise<PodMetrics> => ({
          name: pod.metadata.name,
          text: await cluster.getText(proxyPath(context.namespace, pod), { signal }),
        })),
      );
    },
  };
}

function proxyPath(namespace: string, { metadata: { name }, spec }: PodObject): string {
  const ports = (spec?.containers ?? []).flatMap(({ ports }) => ports ?? []);
  const port = ports.find(({ name }) => name === "metrics")?.containerPort ?? PORT;
  const [place, pod] = [namespace, name].map(encodeURIComponent);
  return `/api/v1/namespaces/${place}/pods/${pod}:${port}/proxy/metrics`;
}
