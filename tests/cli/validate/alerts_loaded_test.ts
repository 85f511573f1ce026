import assert from "node:assert/strict";
import { alertsLoaded } from "../../../src/cli/validate/checks/alerts_loaded.ts";
import { freePort } from "../../harness/free_port.ts";
import { found } from "./told_cluster.ts";

const CRITICAL = [
  "RynxsNoLeader",
  "RynxsLeaderFlap",
  "RynxsLeaderElectionFailuresHigh",
  "RynxsReplayDurationHigh",
  "RynxsEventStoreErrorsHigh",
];

interface Rule {
  readonly name: string;
  readonly state?: string;
  readonly health?: string;
}

const rule = (name: string, state = "inactive"): Rule => ({ name, state, health: "ok" });
const ALL = CRITICAL.map((name) => rule(name));

/** An answer of Prometheus. */
function rules(...groups: readonly (readonly Rule[])[]): Response {
  return Response.json({
    status: "success",
    data: { groups: groups.map((rules) => ({ name: "g", rules })) },
  });
}

async function judge(answer: () => Response, path = "") {
  const asked: string[] = [];
  const options = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
  await using server = Deno.serve(options, ({ url }) => {
    asked.push(new URL(url).pathname);
    return answer();
  });
  const prometheus = `http://127.0.0.1:${server.addr.port}${path}`;
  const finding = await found(alertsLoaded, "post", { prometheus });
  return { ...finding, asked };
}

Deno.test("the critical alerts pass in whatever groups they are, and others do not matter", async () => {
  const others = [rule("Another", "firing"), rule("RynxsCheckpointVerificationFailed", "pending")];
  const { verdict, reasons, asked } = await judge(
    () => rules(ALL.slice(0, 2), [...ALL.slice(2), ...others]),
    "/prometheus/",
  );
  assert.deepEqual([verdict, reasons], ["pass", []]);
  assert.deepEqual(asked, ["/prometheus/api/v1/rules"]);
});

const FAULTS: readonly (readonly [what: string, answer: () => Response, RegExp])[] = [
  ["an alert that is missing", () => rules(ALL.slice(1)), /^not loaded: RynxsNoLeader$/],
  ["no rules", () => rules(), /^not loaded: RynxsNoLeader, RynxsLeaderFlap, /],
  [
    "an alert that fires",
    () => rules([...ALL, rule("RynxsS3PutObjectFailuresHigh", "firing")]),
    /^firing: RynxsS3PutObjectFailuresHigh$/,
  ],
  [
    "an alert that cannot be evaluated",
    () => rules([...ALL.slice(1), { ...rule("RynxsNoLeader"), health: "err" }]),
    /^cannot be evaluated: RynxsNoLeader$/,
  ],
  ["an error", () => new Response(null, { status: 503 }), /\/api\/v1\/rules answers 503$/],
  ["a page", () => new Response("<html>"), /is no JSON/],
  ["another answer", () => Response.json({ status: "error" }), /cannot be read/],
  [
    "a redirect",
    () => new Response(null, { status: 302, headers: { location: "/login" } }),
    /answers 302/,
  ],
];

for (const [what, answer, reason] of FAULTS) {
  Deno.test(`alerts-loaded fails for ${what}`, async () => {
    const { verdict, reasons } = await judge(answer);
    assert.equal(verdict, "fail");
    assert.match(reasons.join("\n"), reason);
  });
}

Deno.test("alerts-loaded does not apply without --prometheus, and fails where nobody listens", async () => {
  const without = await found(alertsLoaded, "post", {});
  assert.deepEqual(without.reasons, ["no --prometheus is given"]);
  assert.equal(without.verdict, "not-applicable");
  const prometheus = `http://127.0.0.1:${freePort()}`;
  const unreachable = await found(alertsLoaded, "post", { prometheus });
  assert.deepEqual(unreachable.reasons, [`${prometheus}/api/v1/rules cannot be reached`]);
});
