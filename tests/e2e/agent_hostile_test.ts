/**
 * Agents of somebody who means harm, or does not know better, before a real API server.
 *
 * @module
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { operatorSettings } from "../../src/config/operator_settings.ts";
import { openLog } from "../../src/eventlog/open_log.ts";
import type { LogPosition } from "../../src/eventlog/verifier.ts";
import { withOperator } from "../operator/with_operator.ts";
import { type AgentCluster, AGENTS_NAMESPACE, startAgentCluster } from "./agent_cluster.ts";
import { eventually } from "./eventually.ts";

/** So many of 1 MB each are longer than any page that is read. */
const LARGE = 40;

/** As much nesting as an API server takes. */
const NESTED = "[".repeat(9_000) + "]".repeat(9_000);

Deno.test("agents that no event has room for fail visibly, and keep no other from being reconciled", async () => {
  await using cluster = await startAgentCluster();
  await createLarge(cluster);
  const nested = manifestOf("nested", { value: "NESTED" }).replace('"NESTED"', NESTED);
  await cluster.kubernetes.kubectl(["create", "--validate=false", "-f", "-"], nested);
  await cluster.applyAgent("small", { role: "worker" });
  const settings = operatorSettings({}, cluster.kubernetes.directory);
  const open = (trusted?: LogPosition) => openLog(settings.log, { trusted });
  await withOperator({ api: cluster.api, settings, openLog: open }, async (operator) => {
    await eventually(async () => assert.equal(await phaseOf(cluster, "small"), "Pending"), 30_000);
    await eventually(async () => {
      for (const name of ["large-0", `large-${LARGE - 1}`, "nested"]) {
        assert.equal(await phaseOf(cluster, name), "Failed", name);
      }
    }, 30_000);
    assert.equal(operator.unready(), undefined);
  });
  const types = (await recordsOf(cluster)).map(({ event }) => event.aggregateId);
  assert.ok(types.every((id) => id.startsWith(`${AGENTS_NAMESPACE}/small`)), types.join());
});

async function createLarge({ kubernetes }: AgentCluster): Promise<void> {
  const text = "x".repeat(1_000_000);
  for (let from = 0; from < LARGE; from += 5) {
    const manifests = Array.from(
      { length: 5 },
      (_, index) => manifestOf(`large-${from + index}`, { text }),
    );
    await kubernetes.kubectl(["create", "-f", "-"], manifests.join("\n"));
  }
}

function manifestOf(name: string, spec: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    apiVersion: "universe.ai/v1alpha1",
    kind: "Agent",
    metadata: { name, namespace: AGENTS_NAMESPACE },
    spec,
  });
}

async function recordsOf({ kubernetes: { directory } }: AgentCluster) {
  await using opened = openLog({ kind: "file", path: join(directory, "log", "events.jsonl") });
  return await Array.fromAsync(opened.log.read());
}

async function phaseOf(cluster: AgentCluster, name: string) {
  return (await cluster.agent(name))?.status?.phase;
}
