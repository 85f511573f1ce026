import { AGENT, type AgentObject } from "../../../operator/kinds.ts";
import type { EventLog } from "../../../eventlog/event_log.ts";
import type { StoredRecord } from "../../../eventlog/stored_record.ts";
import { Deadline } from "../../../operator/kube/deadline.ts";
import { KubeError } from "../../../operator/kube/kube_error.ts";
import { apiVersionOf } from "../../../operator/kube/kube_object.ts";
import { type Check, PART_LIMIT } from "../check.ts";
import type { Cluster } from "../cluster/cluster.ts";
import type { Context } from "../context.ts";
import { failed, type Finding, judged } from "../finding.ts";
import { eventsIn, tokenFault, tokenText } from "../log/tokens.ts";
import { pause, untilGivenUp } from "../until_given_up.ts";

/** What the agent is called. */
const NAME = "test-prod-validation";

export const eventWritten: Check = {
  id: "event-written",
  number: "9",
  objective: "An Agent that is created becomes an event with the writer's fencing token.",
  remedy:
    "Look at the operator's logs for AccessDenied and PreconditionFailed, and at the runbook " +
    "RynxsEventStoreErrorsHigh; see that its EVENT_STORE_* and S3_* name this log.",
  parts: [{ phase: "post", goesFirst: true, limit: ({ wait }) => wait + 3 * PART_LIMIT, run }],
};

async function run(context: Context, signal: AbortSignal): Promise<Finding> {
  const [cluster, log] = [await context.cluster(), await context.log()];
  const { nextSeq } = await untilGivenUp(log.head(), signal);
  const agent = agentIn(context.namespace);
  try {
    await cluster.create(AGENT, agent, { signal });
    return await observed(context, log, nextSeq, signal);
  } catch (error) {
    if (error instanceof KubeError && error.reason === "AlreadyExists") return failed(FOREIGN);
    throw error;
  } finally {
    await removeOurs(cluster, agent);
  }
}

const FOREIGN =
  `there is an Agent ${NAME} that this run did not create, and it is left alone; if ` +
  `nobody needs it, remove it with "kubectl delete agent ${NAME}"`;

/** Waits for the event that the agent becomes. */
async function observed(
  { wait, namespace }: Context,
  log: EventLog,
  fromSeq: number,
  signal: AbortSignal,
): Promise<Finding> {
  using deadline = new Deadline(wait, signal);
  const { signal: patience } = deadline;
  let record: StoredRecord | undefined;
  try {
    for (let next = fromSeq; record === undefined;) {
      const records = await eventsIn(log, { fromSeq: next }, patience);
      record = records.find((each) => isAbout(each, namespace));
      next += records.length;
      if (record === undefined) await pause(POLL, patience);
    }
  } catch (error) {
    if (signal.aborted || !patience.aborted) throw error;
    return failed(`no AgentObserved of ${NAME} is in the log after ${wait / 1000} s`);
  }
  const fault = tokenFault(record);
  return judged(
    [`event ${record.seq}: AgentObserved of ${record.event.aggregateId} by ${tokenText(record)}`],
    fault === undefined ? [] : [`event ${record.seq} ${fault}`],
  );
}

/** How often the log is looked at. Milliseconds. */
const POLL = 250;

function isAbout({ event: { type, aggregateId } }: StoredRecord, namespace: string): boolean {
  return type === "AgentObserved" && aggregateId === `${namespace}/${NAME}`;
}

/** Marks an agent as one run's own. */
const RUN = "holdfast/validation-run";

function agentIn(namespace: string): AgentObject {
  return {
    apiVersion: apiVersionOf(AGENT),
    kind: AGENT.kind,
    metadata: { name: NAME, namespace, annotations: { [RUN]: crypto.randomUUID() } },
    spec: { role: "sandbox", image: "python:3.11-slim" },
  };
}

/**
 * Removes the agent, also where nobody knows whether it was created, and whoever has given up. One
 * that is not this run's is left alone.
 */
async function removeOurs(cluster: Cluster, { metadata }: AgentObject): Promise<void> {
  const { namespace, name, annotations } = metadata;
  try {
    const found = await cluster.get(AGENT, { namespace, name });
    if (found === undefined || found.metadata.annotations?.[RUN] !== annotations?.[RUN]) return;
    await cluster.delete(AGENT, { namespace, name });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause;
    throw new Error(`the Agent ${namespace}/${name} could not be removed again: ${reason}`, {
      cause,
    });
  }
}
