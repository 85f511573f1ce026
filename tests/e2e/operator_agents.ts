/**
 * Agents that are all changed at once, round by round.
 *
 * @module
 */
import assert from "node:assert/strict";
import { CONFIG_MAP } from "../../src/operator/kinds.ts";
import { eventually } from "./eventually.ts";
import { agentManifest, type OperatorCluster } from "./operator_cluster.ts";
import { assertNothingLostOrDoubled, assertOneWriterPerEpoch } from "./operator_terms.ts";

/** How many programs change agents at the same time, where there are many agents. */
const HANDS = 4;

/** Makes agents, or changes the spec of all of them. */
export async function applyAgents(
  { kubernetes }: OperatorCluster,
  count: number,
  round: number,
): Promise<void> {
  const manifests = Array.from(
    { length: count },
    (_, index) => agentManifest(`agent-${index}`, { role: "worker", team: teamOf(round) }),
  );
  const share = Math.ceil(count / HANDS);
  await Promise.all(Array.from({ length: HANDS }, (_, hand) => {
    const own = manifests.slice(hand * share, (hand + 1) * share).join("\n---\n");
    return own === "" ? undefined : kubernetes.kubectl(["apply", "-f", "-"], own);
  }));
}

/**
 * Sees all agents as a round has left them, in objects and in the log, and a log that says so.
 *
 * @param patience milliseconds
 * @returns how many specs were observed
 */
export async function seeAgents(
  cluster: OperatorCluster,
  count: number,
  round: number,
  patience = 90_000,
): Promise<number> {
  let observed = 0;
  await eventually(async () => {
    const { items } = await cluster.api.list(CONFIG_MAP, { labelSelector: MANAGED });
    const done = items.filter(({ data }) => data?.["agent.json"]?.includes(`"${teamOf(round)}"`));
    assert.equal(done.length, count);
    observed = assertNothingLostOrDoubled(await cluster.records());
  }, patience);
  assertOneWriterPerEpoch(await cluster.records());
  return observed;
}

const MANAGED = "app.kubernetes.io/managed-by=holdfast-operator";

function teamOf(round: number): string {
  return `team-${round}`;
}
