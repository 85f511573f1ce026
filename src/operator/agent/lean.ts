/**
 * What is kept of the agents of a whole cluster.
 *
 * @module
 */
import { LARGEST_RECORD } from "../../eventlog/record.ts";
import type { AgentObject } from "../kinds.ts";

/**
 * An agent without what nobody here looks at, such as who manages which field, and without a spec that
 * no event has room for: such agents must not fill the memory, however many somebody makes.
 */
export function lean(agent: AgentObject): AgentObject {
  const { annotations: _, managedFields: __, ...metadata }: AgentObject["metadata"] & {
    readonly managedFields?: unknown;
  } = agent.metadata;
  const { spec, ...others } = agent;
  const isKept = JSON.stringify(spec ?? {}).length <= LARGEST_RECORD;
  return { ...others, metadata, ...(isKept ? { spec } : {}) };
}

/** An agent that {@link lean} has left its spec; `undefined` for one that has to be read anew. */
export function wholly(agent: AgentObject | undefined): AgentObject | undefined {
  return agent?.spec === undefined ? undefined : agent;
}
