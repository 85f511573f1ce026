import assert from "node:assert/strict";
import { join } from "node:path";
import { holdfast } from "../cli/holdfast.ts";
import { variables } from "../cli/policy_server.ts";
import { startMinio } from "../harness/minio.ts";
import { holdfastTask, REPOSITORY } from "../harness/server.ts";
import { eventually } from "./eventually.ts";
import { NAMESPACE } from "./operator_cluster.ts";
import { BREAKAGES } from "./validate_breakages.ts";
import { failuresIn, startValidatedDeployment } from "./validate_deployment.ts";

Deno.test("validate passes a good deployment, and each check sees what is broken", async (t) => {
  await using deployment = await startValidatedDeployment();
  const { kubernetes, operators } = deployment;
  const agents = () => kubernetes.kubectl(["get", "agents", "-A", "-o", "name"]);

  await t.step("everything applies and passes, and nothing is left in the cluster", async () => {
    const { code, stdout } = await deployment.validate("--json", "--interval", "1");
    const { checks, approved } = JSON.parse(stdout);
    const faults = checks.filter(({ verdict }: { verdict: string }) => verdict !== "pass");
    assert.deepEqual(faults, []);
    assert.deepEqual([checks.length, approved, code], [14, true, 0]);
    assert.equal(await agents(), "");
  });

  for (const { what, act, mend, fails, reason } of BREAKAGES) {
    await t.step(`${fails[0]} sees ${what}`, async () => {
      const report = await deployment.report(...await act(deployment));
      await mend?.(deployment);
      assert.deepEqual(failuresIn(report), fails);
      const found = report.outcomes.find(({ check }) => check.id === fails[0]);
      assert.match(found?.reasons.join("\n") ?? "", reason);
      assert.equal(await agents(), "");
    });
  }

  await t.step("a person reads what failed and what to do, and the exit code is 2", async () => {
    const { code, stdout } = await deployment.validate("--only", "fencing,8");
    assert.match(stdout, /^5 +fencing +FAIL +Every event/m);
    assert.match(stdout, /^ +do: Run the operator with RYNXS_LEADER_ELECTION_ENABLED=true/m);
    assert.match(stdout, /^8 +one-leader +pass/m);
    assert.match(stdout, /^sign-off +NOT approved$/m);
    assert.equal(code, 2);
  });

  for (const operator of operators) Deno.kill(operator.pid, "SIGSTOP");

  await t.step("operators that stand still write no event", async () => {
    const report = await deployment.report("--only", "event-written", "--wait", "1");
    assert.deepEqual(failuresIn(report), ["event-written"]);
    assert.deepEqual(report.outcomes[0]!.reasons, [
      "no AgentObserved of test-prod-validation is in the log after 1 s",
    ]);
    assert.equal(await agents(), "");
  });

  await t.step("an Agent of that name that was there before is left alone", async () => {
    const agent = { apiVersion: "universe.ai/v1alpha1", kind: "Agent", metadata: TEST_AGENT };
    await deployment.put({ ...agent, spec: { role: "worker", image: "python:3.11-slim" } });
    const report = await deployment.report("--only", "event-written");
    assert.deepEqual(failuresIn(report), ["event-written"]);
    assert.match(report.outcomes[0]!.reasons.join(), /that this run did not create/);
    assert.match(await agents(), /test-prod-validation/);
    await kubernetes.kubectl(["delete", "agent", TEST_AGENT.name, `-n=${NAMESPACE}`]);
  });

  await t.step("who gives up leaves no Agent behind", async () => {
    const { args, env } = await holdfastTask(REPOSITORY);
    const child = new Deno.Command(Deno.execPath(), {
      args: [
        ...args,
        ...["validate", "--only", "event-written", "--kubeconfig", kubernetes.kubeconfig],
        ...["--file", join(deployment.directory, "events.jsonl")],
      ],
      cwd: REPOSITORY,
      env,
      stdout: "null",
      stderr: "piped",
    });
    await Deno.writeTextFile(join(deployment.directory, "events.jsonl"), "");
    const running = child.spawn();
    const output = running.output();
    await eventually(async () => assert.match(await agents(), /test-prod-validation/), 20_000);
    running.kill("SIGINT");
    const { code, stderr } = await output;
    assert.match(new TextDecoder().decode(stderr), /given up on SIGINT/);
    assert.equal(code, 1);
    assert.equal(await agents(), "");
  });

  for (const operator of operators) Deno.kill(operator.pid, "SIGCONT");
});

const TEST_AGENT = { name: "test-prod-validation", namespace: NAMESPACE };

Deno.test("MinIO itself is found not to enforce the condition", async () => {
  await using minio = await startMinio({ buckets: ["events"] });
  const args = ["validate", "--only", "1,S3", "--json", "--s3", "s3://events/events"];
  const run = await holdfast([...args, "--endpoint", minio.endpoint], variables(minio));
  const { checks } = JSON.parse(run.stdout);
  assert.deepEqual(
    checks.map(({ id, verdict }: { id: string; verdict: string }) => [id, verdict]),
    [["bucket-policy", "fail"], ["smoke-write-once", "pass"]],
  );
  assert.match(checks[0].reasons.join("\n"), /a PUT without a condition is refused: 200 instead/);
  assert.equal(run.code, 2);
});
