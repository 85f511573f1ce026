import assert from "node:assert/strict";
import {
  type Alert,
  filesIn,
  readAlerts,
  readRulesFiles,
  readUnitTests,
  UNIT_TESTS_DIRECTORY,
} from "./alerts.ts";
import { queryFaults } from "./query_faults.ts";

/** What existing operators know by name, with how it is told. */
const EXPECTED: Readonly<Record<string, readonly [group: string, severity: string]>> = {
  RynxsNoLeader: ["rynxs-operator", "critical"],
  RynxsLeaderFlap: ["rynxs-operator", "warning"],
  RynxsLeaderElectionFailuresHigh: ["rynxs-operator", "warning"],
  RynxsReplayDurationHigh: ["rynxs-operator", "warning"],
  RynxsEventStoreErrorsHigh: ["rynxs-operator", "critical"],
  RynxsS3PutObjectFailuresHigh: ["rynxs-operator", "warning"],
  RynxsCheckpointVerificationFailed: ["rynxs-operator", "critical"],
  S3ProxyDown: ["s3-proxy", "critical"],
  S3ProxyInstanceDown: ["s3-proxy", "warning"],
  S3ProxyErrorRateHigh: ["s3-proxy", "critical"],
  S3ProxyBackendFailuresHigh: ["s3-proxy", "warning"],
  S3ProxyQuotaHigh: ["s3-proxy", "warning"],
  S3ProxyQuotaCritical: ["s3-proxy", "critical"],
  S3ProxyLatencyHigh: ["s3-proxy", "warning"],
};

const ALERTS: readonly Alert[] = await readAlerts();

Deno.test("the groups have the alerts that people know, with their severities", async () => {
  const found = (await readRulesFiles()).flatMap(({ groups }) =>
    groups.flatMap(({ name, rules }) =>
      rules.map(({ alert, labels }) => [alert, [name, labels.severity]] as const)
    )
  );
  assert.deepEqual(Object.fromEntries(found), EXPECTED);
  assert.equal(found.length, Object.keys(EXPECTED).length, "a name is given twice");
});

Deno.test("errors of the event store are alerted on as the production checklist has it", () => {
  const alert = ALERTS.find(({ alert }) => alert === "RynxsEventStoreErrorsHigh");
  assert.equal(alert?.expr, "rate(rynxs_s3_put_errors_total[5m]) > 0.05");
  assert.equal(alert?.for, "5m");
});

for (const { alert, expr } of ALERTS) {
  Deno.test(`${alert} is about metrics and labels that are exported`, () => {
    assert.deepEqual(queryFaults(expr), []);
  });

  Deno.test(`${alert} has unit tests, and is once to fire and twice to be silent`, async () => {
    const cases = (await readUnitTests(alert)).map(({ name, alert_rule_test }) => {
      const about = alert_rule_test.filter(({ alertname }) => alertname === alert);
      assert.notEqual(about.length, 0, `"${name}" is not about ${alert}`);
      return about.some(({ exp_alerts }) => exp_alerts.length > 0);
    });
    assert.ok(cases.includes(true), "in no case it is to fire");
    assert.ok(cases.filter((fires) => !fires).length >= 2, "healthy, and looking ill but healthy");
  });
}

Deno.test("no unit test is about an alert that is not there", async () => {
  const tested = (await filesIn(UNIT_TESTS_DIRECTORY)).map((file) => file.split(".")[0]);
  assert.deepEqual(tested, ALERTS.map(({ alert }) => alert).sort());
});
