import { z } from "zod";
import { count } from "../../policy/findings.ts";
import type { Check } from "../check.ts";
import { judged, notApplicable } from "../finding.ts";
import { fetchText } from "../fetch_text.ts";

/** Without these, an outage is not noticed. */
const CRITICAL = [
  "RynxsNoLeader",
  "RynxsLeaderFlap",
  "RynxsLeaderElectionFailuresHigh",
  "RynxsReplayDurationHigh",
  "RynxsEventStoreErrorsHigh",
];

export const alertsLoaded: Check = {
  id: "alerts-loaded",
  number: "10",
  objective: "Prometheus evaluates the critical alerts, and none fires.",
  remedy:
    "Load deploy/prometheus/rynxs-operator.rules.yaml, or enable the chart's PrometheusRule; " +
    "for an alert that fires, its runbook under deploy/runbooks says what to do.",
  parts: [{
    phase: "post",
    async run({ prometheus }, signal) {
      if (prometheus === undefined) return notApplicable("no --prometheus is given");
      const url = `${prometheus.replace(/\/+$/, "")}/api/v1/rules?type=alert`;
      const read = RULES.safeParse(parsed(await fetchText(url, signal)));
      if (!read.success) throw new Error("the answer of Prometheus cannot be read");
      const rules = read.data.data.groups.flatMap(({ rules }) => rules);
      const ours = rules.filter(({ name }) => name.startsWith("Rynxs"));
      const named = (which: typeof ours) => [...new Set(which.map(({ name }) => name))].join(", ");
      const missing = CRITICAL.filter((name) => !ours.some((rule) => rule.name === name));
      const firing = ours.filter(({ state }) => state === "firing");
      const broken = ours.filter(({ health }) => health === "err");
      return judged([`${count(ours.length, "alert")} of the operator: ${named(ours) || "none"}`], [
        ...missing.length === 0 ? [] : [`not loaded: ${missing.join(", ")}`],
        ...firing.length === 0 ? [] : [`firing: ${named(firing)}`],
        ...broken.length === 0 ? [] : [`cannot be evaluated: ${named(broken)}`],
      ]);
    },
  }],
};

/** Source: Prometheus documentation, "HTTP API", "Rules". */
const RULES = z.looseObject({
  status: z.literal("success"),
  data: z.looseObject({
    groups: z.array(z.looseObject({
      rules: z.array(z.looseObject({
        name: z.string(),
        state: z.string().optional(),
        health: z.string().optional(),
      })),
    })),
  }),
});

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new Error("the answer of Prometheus is no JSON", { cause });
  }
}
