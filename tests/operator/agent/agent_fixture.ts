/**
 * Agents, and terms that last as long as a test wants.
 *
 * @module
 */
import { observe, type ObservedAgent } from "../../../src/operator/agent/observe.ts";
import type { AgentObject } from "../../../src/operator/kinds.ts";
import { LeadershipLostError, type Term } from "../../../src/operator/term.ts";

/** An agent of the namespace `universe`. */
export function agentOf(
  name: string,
  spec: Readonly<Record<string, unknown>> = {},
  metadata: Partial<AgentObject["metadata"]> = {},
): AgentObject {
  return {
    apiVersion: "universe.ai/v1alpha1",
    kind: "Agent",
    metadata: { name, namespace: "universe", uid: `uid-of-${name}`, generation: 1, ...metadata },
    spec,
  };
}

/** What is observed of an agent that is well. */
export function observed(
  name: string,
  spec: Readonly<Record<string, unknown>> = {},
): ObservedAgent {
  const result = observe(agentOf(name, spec));
  if ("message" in result) throw new Error(result.message);
  return result;
}

/** The spec of the agent that existing operators have logs of. */
export const KNOWN_SPEC = {
  image: { repository: "ghcr.io/test/agent", tag: "v1.0.0" },
  role: "worker",
  team: "backend-team",
};

/** A term that lasts until somebody ends it. */
export interface TestTerm extends Term {
  end(): void;
}

/** A term. */
export function termOf(holder = "operator-0", epoch = 1): TestTerm {
  const controller = new AbortController();
  const { signal } = controller;
  return {
    signal,
    demand() {
      signal.throwIfAborted();
      return { holder_identity: holder, resource_version: "7", renew_time: null, epoch };
    },
    end: () => controller.abort(new LeadershipLostError("the test ended the term")),
  };
}
