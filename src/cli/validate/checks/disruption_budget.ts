import { type Budget, budgetFaults, budgetOf, budgetText, protects } from "../chart/budget.ts";
import type { Rendering } from "../chart/renderings.ts";
import { operatorsIn, type Workload } from "../chart/workload.ts";
import { howToRender, withRenderings } from "../chart/wanted_renderings.ts";
import type { Check } from "../check.ts";
import { POD_DISRUPTION_BUDGET } from "../cluster/kinds.ts";
import type { Labels } from "../cluster/labels.ts";
import { operatorDeployments } from "../cluster/operator.ts";
import { judged } from "../finding.ts";

export const disruptionBudget: Check = {
  id: "pdb",
  number: "4",
  objective: "Draining a node leaves a replica of the operator, and can always go on.",
  remedy: "Render a PodDisruptionBudget only where replicaCount is more than 1, with " +
    "podDisruptionBudget.minAvailable less than replicaCount.",
  parts: [
    {
      phase: "pre",
      run: (context) =>
        Promise.resolve(withRenderings(context, REPLICAS, (renderings) => {
          const found = renderings.flatMap((each) => budgetsIn(each, context.selector));
          const counts = new Set(found.map(({ workload: { replicas } }) => replicas));
          const missing = REPLICAS.filter((count) => !counts.has(count));
          return judged(found.map(foundText), [
            ...found.flatMap(({ where, workload, budgets }) =>
              budgetFaults(workload.replicas, budgets).map((fault) => `${where}: ${fault}`)
            ),
            ...missing.length === 0 ? [] : [
              `no rendering for replicas ${missing.join(", ")}; ${howToRender(context, missing)}`,
            ],
          ]);
        })),
    },
    {
      phase: "post",
      async run(context, signal) {
        const { namespace } = context;
        const cluster = await context.cluster();
        const { items } = await cluster.list(POD_DISRUPTION_BUDGET, { namespace }, { signal });
        const all = items.map(budgetOf);
        const found = (await operatorDeployments(context, signal)).map((workload) => ({
          where: `namespace ${namespace}`,
          workload,
          budgets: all.filter((budget) => protects(budget, workload.labels)),
        }));
        return judged(
          found.map(foundText),
          found.flatMap(({ workload: { replicas }, budgets }) => budgetFaults(replicas, budgets)),
        );
      },
    },
  ],
};

/** For how many replicas there have to be renderings. */
const REPLICAS: readonly number[] = [1, 2, 3];

/** A Deployment with the budgets that are about its pods. */
interface Protected {
  readonly where: string;
  readonly workload: Workload;
  readonly budgets: readonly Budget[];
}

function budgetsIn(rendering: Rendering, selector: Labels): readonly Protected[] {
  const budgets = rendering.objects
    .filter(({ kind }) => kind === "PodDisruptionBudget").map(budgetOf);
  return operatorsIn(rendering, selector).map((workload) => ({
    where: rendering.name,
    workload,
    budgets: budgets.filter((budget) => protects(budget, workload.labels)),
  }));
}

function foundText({ where, workload: { replicas }, budgets }: Protected): string {
  const said = budgets.length === 0 ? "no budget" : budgets.map(budgetText).join(", ");
  return `${where}: replicas ${replicas}: ${said}`;
}
