/**
 * PodDisruptionBudgets, rendered or live.
 * Source: Kubernetes documentation, "Specifying a Disruption Budget for your Application".
 *
 * @module
 */
import { z } from "zod";
import { count } from "../../policy/findings.ts";
import { type Labels, matches } from "../cluster/labels.ts";

/** A number of pods, or a part of them such as `50%`. */
type Amount = number | string;

/** A budget, as far as it is looked at. */
export interface Budget {
  readonly name: string;
  readonly minAvailable?: Amount;
  readonly maxUnavailable?: Amount;
  /** Whom it protects. */
  readonly selector: Labels;
}

const AMOUNT = z.union([z.number().int().min(0), z.string().regex(/^\d{1,9}%?$/)]).nullish();

const BUDGET = z.looseObject({
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({
    minAvailable: AMOUNT,
    maxUnavailable: AMOUNT,
    selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()).nullish() }).nullish(),
  }),
}).transform(({ metadata: { name }, spec }): Budget => ({
  name,
  minAvailable: spec.minAvailable ?? undefined,
  maxUnavailable: spec.maxUnavailable ?? undefined,
  selector: spec.selector?.matchLabels ?? {},
}));

/**
 * Reads a PodDisruptionBudget.
 *
 * @throws {Error} for what is none
 */
export function budgetOf(object: unknown): Budget {
  const read = BUDGET.safeParse(object);
  if (read.success) return read.data;
  throw new Error(`a PodDisruptionBudget cannot be read: ${z.prettifyError(read.error)}`);
}

/** Whether a budget is about pods with such labels. */
export function protects({ selector }: Budget, labels: Labels): boolean {
  return Object.keys(selector).length > 0 && matches(selector, labels);
}

/** What is wrong with the budgets of so many replicas: none for one, else one for some of them. */
export function budgetFaults(replicas: number, budgets: readonly Budget[]): readonly string[] {
  const wanted = replicas > 1 ? 1 : 0;
  if (budgets.length !== wanted) {
    const there = count(budgets.length, "PodDisruptionBudget");
    return [`replicas ${replicas}: ${there}, not ${wanted}`];
  }
  return budgets.flatMap((budget) => {
    const kept = keptAvailable(budget, replicas);
    if (kept > 0 && kept < replicas) return [];
    const [some, what] = kept > 0 ? ["none", "go"] : ["all", "go at once"];
    return [`${budget.name} (${budgetText(budget)}) lets ${some} of ${replicas} replicas ${what}`];
  });
}

/** What a budget says: `minAvailable 1`. */
export function budgetText({ minAvailable, maxUnavailable }: Budget): string {
  if (minAvailable !== undefined) return `minAvailable ${minAvailable}`;
  return maxUnavailable === undefined ? "no amount" : `maxUnavailable ${maxUnavailable}`;
}

/** How many replicas have to stay. Parts are rounded up, as the disruption controller does. */
function keptAvailable({ minAvailable, maxUnavailable }: Budget, replicas: number): number {
  if (minAvailable !== undefined) return countOf(minAvailable, replicas);
  return maxUnavailable === undefined ? replicas : replicas - countOf(maxUnavailable, replicas);
}

function countOf(amount: Amount, replicas: number): number {
  if (typeof amount === "number") return amount;
  return amount.endsWith("%")
    ? Math.ceil(Number(amount.slice(0, -1)) * replicas / 100)
    : Number(amount);
}
