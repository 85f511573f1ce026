/**
 * The parts of Prometheus Operator's resources that charts fill in, so that an API server without
 * that operator can check them.
 *
 * Source: https://prometheus-operator.dev/docs/api-reference/api/
 *
 * @module
 */
import { stringify } from "yaml";

const text = { type: "string" };
const texts = { type: "array", items: text };
const named = { type: "object", additionalProperties: text };

const relabelings = {
  type: "array",
  items: {
    type: "object",
    properties: {
      sourceLabels: texts,
      targetLabel: text,
      separator: text,
      regex: text,
      replacement: text,
      action: text,
    },
  },
};

const serviceMonitor = {
  type: "object",
  required: ["endpoints", "selector"],
  properties: {
    selector: { type: "object", properties: { matchLabels: named } },
    namespaceSelector: { type: "object", properties: { matchNames: texts } },
    endpoints: {
      type: "array",
      items: {
        type: "object",
        properties: {
          port: text,
          path: { type: "string", pattern: "^/" },
          scheme: { type: "string", enum: ["http", "https", "HTTP", "HTTPS"] },
          interval: { type: "string", pattern: "^[0-9]+(ms|s|m|h)$" },
          scrapeTimeout: { type: "string", pattern: "^[0-9]+(ms|s|m|h)$" },
          relabelings,
          metricRelabelings: relabelings,
          tlsConfig: {
            type: "object",
            properties: { serverName: text, insecureSkipVerify: { type: "boolean" } },
          },
        },
      },
    },
  },
};

const prometheusRule = {
  type: "object",
  properties: {
    groups: {
      type: "array",
      items: {
        type: "object",
        required: ["name"],
        properties: {
          name: text,
          interval: text,
          rules: {
            type: "array",
            items: {
              type: "object",
              required: ["expr"],
              properties: {
                alert: text,
                record: text,
                expr: { "x-kubernetes-int-or-string": true },
                for: text,
                keep_firing_for: text,
                labels: named,
                annotations: named,
              },
            },
          },
        },
      },
    },
  },
};

/** Definitions of `ServiceMonitor` and `PrometheusRule`, as YAML. */
export const MONITORING = [
  definition("ServiceMonitor", serviceMonitor),
  definition("PrometheusRule", prometheusRule),
].map((each) => stringify(each)).join("---\n");

function definition(kind: string, spec: unknown): unknown {
  const plural = `${kind.toLowerCase()}s`;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: `${plural}.monitoring.coreos.com`,
      annotations: { "api-approved.kubernetes.io": "unapproved, for tests" },
    },
    spec: {
      group: "monitoring.coreos.com",
      names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
      scope: "Namespaced",
      versions: [{
        name: "v1",
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: "object",
            required: ["spec"],
            properties: {
              apiVersion: text,
              kind: text,
              metadata: { type: "object" },
              spec,
            },
          },
        },
      }],
    },
  };
}
