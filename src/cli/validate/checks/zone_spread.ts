import { count } from "../../policy/findings.ts";
import { operatorsIn, type Workload } from "../chart/workload.ts";
import type { Check } from "../check.ts";
import { operatorDeployments } from "../cluster/operator.ts";
import { podsAreSpread, ZONE, zonesOf } from "../cluster/zones.ts";
import { matches } from "../cluster/labels.ts";
import { judged, notApplicable } from "../finding.ts";
import { withRenderings } from "../chart/wanted_renderings.ts";

export const zoneSpread: Check = {
  id: "zone-spread",
  number: "2",
  objective: "One zone's outage takes some of the operator's pods, and never all of them.",
  remedy: `Label the nodes with ${ZONE}, set topologySpreadConstraints with whenUnsatisfiable ` +
    "DoNotSchedule as values-production.yaml does, and see to room for pods in another zone.",
  parts: [
    {
      phase: "pre",
      run: (context) =>
        Promise.resolve(withRenderings(context, [3], (renderings) => {
          const several = renderings.flatMap((rendering) =>
            operatorsIn(rendering, context.selector).filter(({ replicas }) => replicas > 1)
              .map((workload) => ({ where: rendering.name, workload }))
          );
          if (several.length === 0) return notApplicable("no rendering has two replicas");
          return judged(
            several.map(({ where, workload }) => `${where}: ${spreadText(workload)}`),
            several.flatMap(({ where, workload }) =>
              spreadFaults(workload).map((fault) => `${where}: ${fault}`)
            ),
          );
        })),
    },
    {
      phase: "post",
      async run(context, signal) {
        const { all, ofNode, unlabelled } = await zonesOf(context, signal);
        if (all.length === 1) return notApplicable(`the cluster has one zone, ${all[0]}`);
        return judged(
          [`${count(ofNode.size, "node")} in ${count(all.length, "zone")}: ${all.join(", ")}`],
          unlabelled.length === 0 ? [] : [`without ${ZONE}: ${unlabelled.join(", ")}`],
        );
      },
    },
    {
      phase: "post",
      async run(context, signal) {
        const { all } = await zonesOf(context, signal);
        if (all.length === 1) return notApplicable("one zone needs no constraint");
        const workloads = await operatorDeployments(context, signal);
        const several = workloads.filter(({ replicas }) => replicas > 1);
        if (several.length === 0) return notApplicable("the operator has one replica");
        return judged(several.map(spreadText), several.flatMap(spreadFaults));
      },
    },
    { phase: "post", run: podsAreSpread },
  ],
};

function spreadText({ name, spread }: Workload): string {
  const zone = spread.find(({ topologyKey }) => topologyKey === ZONE);
  return zone === undefined
    ? `Deployment ${name} has no constraint on zones`
    : `Deployment ${name} is spread over zones, ${zone.whenUnsatisfiable}`;
}

function spreadFaults({ name, spread, labels }: Workload): readonly string[] {
  const hard = spread.filter(({ topologyKey, whenUnsatisfiable }) =>
    topologyKey === ZONE && whenUnsatisfiable === "DoNotSchedule"
  );
  if (hard.length === 0) {
    return [`Deployment ${name} has no constraint on ${ZONE} with DoNotSchedule`];
  }
  return hard.some(({ counted }) => counted !== undefined && matches(counted, labels))
    ? []
    : [`the constraint of Deployment ${name} on ${ZONE} counts other pods than its own`];
}
