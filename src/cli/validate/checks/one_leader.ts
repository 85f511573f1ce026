import { count } from "../../policy/findings.ts";
import { LEASE, type LeaseObject } from "../../../operator/kinds.ts";
import { type Check, PART_LIMIT } from "../check.ts";
import { sumOf } from "../cluster/metrics_text.ts";
import { isRunning, operatorPods } from "../cluster/operator.ts";
import type { PodObject } from "../cluster/kinds.ts";
import type { Context, PodMetrics } from "../context.ts";
import { failed, type Finding, judged, together } from "../finding.ts";
import { pause } from "../until_given_up.ts";

export const oneLeader: Check = {
  id: "one-leader",
  number: "8",
  objective: "Exactly one of the operator's pods leads, holds the lease, and keeps renewing it.",
  remedy:
    "See the runbooks RynxsNoLeader, RynxsLeaderFlap and RynxsLeaderElectionFailuresHigh; the " +
    "logs of the pods say why they do not lead. Where a NetworkPolicy keeps the API server from " +
    "their metrics, name them by --metrics, one for each pod, through kubectl port-forward.",
  parts: [
    {
      phase: "post",
      limit: ({ interval }) => interval + 2 * PART_LIMIT,
      async run(context, signal) {
        const first = await context.metrics.look(signal);
        await pause(context.interval, signal);
        const second = await context.metrics.look(signal);
        return together([
          await leadersIn(second, context, signal),
          judged([], grownFailures(first, second)),
        ]);
      },
    },
    { phase: "post", limit: ({ interval }) => interval + 2 * PART_LIMIT, run: leaseIsHeld },
  ],
};

/** Whether all pods tell of one leader between them. */
export async function tellsOfOneLeader(context: Context, signal: AbortSignal): Promise<Finding> {
  return await leadersIn(await context.metrics.look(signal), context, signal);
}

async function leadersIn(
  looked: readonly PodMetrics[],
  context: Context,
  signal: AbortSignal,
): Promise<Finding> {
  const pods = (await operatorPods(context, signal)).filter(isRunning);
  const leaders = looked.reduce((sum, { text }) => sum + (sumOf(text, STATUS) ?? 0), 0);
  return judged(
    looked.map(({ name, text }) => `${name}: ${STATUS} ${sumOf(text, STATUS) ?? "absent"}`),
    [
      ...leaders === 1 ? [] : [`the sum of ${STATUS} is ${leaders}, not 1`],
      ...looked.length < pods.length
        ? [`${count(pods.length, "running pod")}, and metrics of ${looked.length}`]
        : [],
    ],
  );
}

function grownFailures(
  first: readonly PodMetrics[],
  second: readonly PodMetrics[],
): readonly string[] {
  const before = new Map(first.map(({ name, text }) => [name, sumOf(text, FAILURES) ?? 0]));
  return second.flatMap(({ name, text }) => {
    const [was, is] = [before.get(name) ?? 0, sumOf(text, FAILURES) ?? 0];
    return is > was ? [`${FAILURES} of ${name} went from ${was} to ${is}`] : [];
  });
}

const STATUS = "rynxs_leader_election_status";
const FAILURES = "rynxs_leader_election_failures_total";

async function leaseIsHeld(context: Context, signal: AbortSignal): Promise<Finding> {
  const { namespace, lease: name, interval } = context;
  const cluster = await context.cluster();
  const find = () => cluster.get(LEASE, { namespace, name }, { signal });
  const first = await find();
  const pods = await operatorPods(context, signal);
  if (first === undefined) return failed(`there is no Lease ${namespace}/${name}`);
  if (overdue(first, context) <= 0) return judgedLease(first, first, pods, context);
  await pause(interval, signal);
  return judgedLease(first, await find() ?? first, pods, context);
}

function judgedLease(
  first: LeaseObject,
  second: LeaseObject,
  pods: readonly PodObject[],
  context: Context,
): Finding {
  const { holderIdentity: holder = "", renewTime } = second.spec ?? {};
  const isRenewed = renewTime !== undefined && renewTime !== first.spec?.renewTime;
  const over = overdue(second, context);
  return judged([
    `${context.lease} is held by ${holder || "nobody"}, renewed ${renewTime ?? "never"}`,
  ], [
    ...holder === "" ? ["nobody holds the lease"] : [],
    ...isRenewed || over <= 0 ? [] : ["the lease is older than it may be, and nobody renews it"],
    ...holder === "" || pods.some((pod) => isHolder(pod, holder))
      ? []
      : [`${holder} is none of the operator's pods`],
  ]);
}

/** Milliseconds since a lease ran out by our clock, which may not be its own; negative before. */
function overdue({ spec }: LeaseObject, { now }: Context): number {
  const { renewTime, leaseDurationSeconds = 0 } = spec ?? {};
  const renewed = Date.parse(renewTime ?? "");
  return Number.isNaN(renewed) ? Infinity : now().getTime() - renewed - leaseDurationSeconds * 1000;
}

/** Leaders are named by their pods, by these variables, or by client-go, which adds an id. */
function isHolder({ metadata: { name }, spec }: PodObject, holder: string): boolean {
  const named = (spec?.containers ?? []).flatMap(({ env }) => env ?? [])
    .filter(({ name }) => IDENTITY.has(name)).map(({ value }) => value);
  return holder === name || holder.startsWith(`${name}_`) || named.includes(holder);
}

const IDENTITY: ReadonlySet<string> = new Set(["RYNXS_LEADER_ID", "RYNXS_WRITER_ID"]);
