import assert from "node:assert/strict";
import { electionSettings } from "../../src/config/election_settings.ts";
import { VariableError } from "../../src/config/variables.ts";

const DEFAULTS = {
  enabled: false,
  identity: "rynxs-operator",
  leaseName: "rynxs-operator-leader",
  durations: { lease: 30_000, renewDeadline: 20_000, retryPeriod: 5_000 },
};

Deno.test("nothing in the environment: nobody is elected, and the usual durations", () => {
  assert.deepEqual(electionSettings({}), DEFAULTS);
  assert.deepEqual(electionSettings({ RYNXS_LEADER_ELECTION_ENABLED: "" }), DEFAULTS);
});

Deno.test("every variable is read", () => {
  assert.deepEqual(
    electionSettings({
      RYNXS_LEADER_ELECTION_ENABLED: "1",
      RYNXS_LEASE_NAME: "other.lease-2",
      RYNXS_LEASE_DURATION_SECONDS: "15",
      RYNXS_RENEW_DEADLINE_SECONDS: "10",
      RYNXS_RETRY_PERIOD_SECONDS: "2",
      RYNXS_LEADER_ID: " a ",
    }),
    {
      enabled: true,
      identity: "a",
      leaseName: "other.lease-2",
      durations: { lease: 15_000, renewDeadline: 10_000, retryPeriod: 2_000 },
    },
  );
});

const SWITCHES: readonly (readonly [string, boolean])[] = [
  ["1", true],
  ["true", true],
  ["TRUE", true],
  ["0", false],
  ["false", false],
  [" ", false],
];

for (const [written, enabled] of SWITCHES) {
  Deno.test(`RYNXS_LEADER_ELECTION_ENABLED=${JSON.stringify(written)} means ${enabled}`, () => {
    const settings = electionSettings({
      RYNXS_LEADER_ELECTION_ENABLED: written,
      HOSTNAME: "h",
    });
    assert.equal(settings.enabled, enabled);
  });
}

Deno.test("the identity is the first of its variables that is set", () => {
  const environment = {
    RYNXS_LEADER_ID: "leader",
    RYNXS_WRITER_ID: "writer",
    POD_NAME: "pod",
    HOSTNAME: "host",
  };
  const left: Record<string, string> = { ...environment };
  for (const [name, identity] of Object.entries(environment)) {
    assert.equal(electionSettings(left).identity, identity);
    left[name] = "";
  }
});

const WRONG: readonly (readonly [string, Readonly<Record<string, string>>, RegExp])[] = [
  ["a switch that is neither", { RYNXS_LEADER_ELECTION_ENABLED: "yes" }, /^RYNXS_LEADER_ELECTION_/],
  [
    "a switch that is a property of every object",
    { RYNXS_LEADER_ELECTION_ENABLED: "constructor" },
    /^RYNXS_LEADER_ELECTION_/,
  ],
  ["an election of the nameless", {
    RYNXS_LEADER_ELECTION_ENABLED: "1",
  }, /RYNXS_LEADER_ID, RYNXS_WRITER_ID, POD_NAME, HOSTNAME/],
  ["a name with capitals", { RYNXS_LEASE_NAME: "Lease" }, /^RYNXS_LEASE_NAME .*"Lease"/],
  ["a name with a slash", { RYNXS_LEASE_NAME: "a/b" }, /^RYNXS_LEASE_NAME/],
  ["a name that is too long", { RYNXS_LEASE_NAME: "a".repeat(254) }, /^RYNXS_LEASE_NAME/],
  ["no time", { RYNXS_LEASE_DURATION_SECONDS: "0" }, /^RYNXS_LEASE_DURATION_SECONDS .*"0"/],
  ["a part of a second", { RYNXS_RETRY_PERIOD_SECONDS: "0.5" }, /^RYNXS_RETRY_PERIOD_SECONDS/],
  ["a unit", { RYNXS_RENEW_DEADLINE_SECONDS: "20s" }, /^RYNXS_RENEW_DEADLINE_SECONDS/],
  ["more than an hour", { RYNXS_LEASE_DURATION_SECONDS: "3601" }, /from 1 to 3600/],
  [
    "a leader that may go on for as long as others wait",
    { RYNXS_LEASE_DURATION_SECONDS: "20" },
    /^RYNXS_LEASE_DURATION_SECONDS must be more than RYNXS_RENEW_DEADLINE_SECONDS$/,
  ],
  [
    "no time for a second attempt",
    { RYNXS_RENEW_DEADLINE_SECONDS: "12", RYNXS_RETRY_PERIOD_SECONDS: "10" },
    /^RYNXS_RENEW_DEADLINE_SECONDS must be more than 1.2 times RYNXS_RETRY_PERIOD_SECONDS$/,
  ],
];

for (const [what, environment, message] of WRONG) {
  Deno.test(`refused, naming the variable: ${what}`, () => {
    assert.throws(
      () => electionSettings(environment),
      (error) => error instanceof VariableError && message.test(error.message),
    );
  });
}
