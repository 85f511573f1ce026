import assert from "node:assert/strict";
import { applyAction, desiredHash, resourceRef } from "../../../src/operator/agent/apply.ts";
import type { Action, DeleteNetworkPolicy } from "../../../src/operator/agent/action.ts";
import { decide } from "../../../src/operator/agent/decide.ts";
import { ownerOf } from "../../../src/operator/agent/ownership.ts";
import { ForeignObjectError, stableError } from "../../../src/operator/agent/stable_error.ts";
import { KubeError, KubeUnreachableError } from "../../../src/operator/kube/kube_error.ts";
import { LeadershipLostError } from "../../../src/operator/term.ts";
import { agentOf, observed, termOf } from "./agent_fixture.ts";
import { MemoryKube } from "./memory_kube.ts";

function actionOf(type: Action["action_type"]): Action {
  const found = decide(undefined, observed("a"), {}).actions
    .find(({ action_type }) => action_type === type);
  assert.ok(found);
  return found;
}

const DELETION: DeleteNetworkPolicy = {
  action_type: "DeleteNetworkPolicy",
  target: "universe/a-deny-egress",
  params: { name: "a-deny-egress", namespace: "universe" },
};

function context(api: MemoryKube, uid = "uid-of-a") {
  return { api, owner: ownerOf(agentOf("a", {}, { uid })), term: termOf() };
}

Deno.test("an action says what it made, changed, or found as it ought to be", async () => {
  const api = new MemoryKube();
  const action = actionOf("EnsureConfigMap");
  const created = (await applyAction(action, context(api))).result;
  const matched = (await applyAction(action, context(api))).result;
  const before = api.objects.get("ConfigMap/universe/a-spec");
  assert.ok(before);
  api.put({ ...before, ...{ data: { "agent.json": "{}", other: "x" } } });
  const patched = (await applyAction(action, context(api))).result;

  const hash = desiredHash(action, context(api).owner);
  const common = { resource_ref: "ConfigMap/universe/a-spec", desired_hash: hash };
  assert.deepEqual(created, {
    ...common,
    operation: "create",
    noop: false,
    status_code: 201,
    result_code: "CREATED",
    observed_hash: null,
  });
  assert.deepEqual(matched, {
    ...common,
    operation: "noop",
    noop: true,
    status_code: 304,
    result_code: "ALREADY_MATCHED",
    observed_hash: hash,
  });
  const { observed_hash, ...others } = patched;
  assert.deepEqual(others, {
    ...common,
    operation: "patch",
    noop: false,
    status_code: 200,
    result_code: "PATCHED",
  });
  assert.ok(observed_hash !== hash && observed_hash !== null);
});

Deno.test("what controllers and others add to an object is no reason to call it changed", async () => {
  const api = new MemoryKube();
  const action = actionOf("EnsureDeployment");
  await applyAction(action, context(api));
  const before = api.objects.get("Deployment/universe/a-runtime");
  assert.ok(before);
  api.put({ ...before, ...{ status: { replicas: 1 } } });
  assert.equal((await applyAction(action, context(api))).result.noop, true);
});

Deno.test("hashes do not depend on which cluster it is, and taking over an object is a change", async () => {
  const [one, other] = [new MemoryKube(), new MemoryKube(500)];
  const action = actionOf("EnsurePVC");
  const results = await Promise.all([
    applyAction(action, context(one)),
    applyAction(action, context(other, "another-uid")),
  ]);
  assert.deepEqual(results[0]?.result, results[1]?.result);
  const { result } = await applyAction(action, context(one, "another-uid"));
  assert.deepEqual([result.operation, result.desired_hash === result.observed_hash], [
    "patch",
    true,
  ]);
});

Deno.test("a policy is deleted once, and then it is not there", async () => {
  const api = new MemoryKube();
  await applyAction(actionOf("EnsureNetworkPolicy"), context(api));
  const results = [
    (await applyAction(DELETION, context(api))).result,
    (await applyAction(DELETION, context(api))).result,
  ].map(({ operation, noop, status_code, result_code }) =>
    `${operation} ${noop} ${status_code} ${result_code}`
  );
  assert.deepEqual(results, ["delete false 200 DELETED", "noop true 304 ALREADY_ABSENT"]);
  assert.equal(resourceRef(DELETION), "NetworkPolicy/universe/a-deny-egress");
});

for (const action of [actionOf("EnsureNetworkPolicy"), DELETION]) {
  Deno.test(`${action.action_type} leaves somebody else's object alone`, async () => {
    const api = new MemoryKube();
    const metadata = { name: "a-deny-egress", namespace: "universe" };
    api.put({ apiVersion: "networking.k8s.io/v1", kind: "NetworkPolicy", metadata });
    await assert.rejects(applyAction(action, context(api)), ForeignObjectError);
    assert.deepEqual(api.calls.map(({ verb }) => verb), ["get"]);
  });

  Deno.test(`${action.action_type} does nothing once the term is over`, async () => {
    const api = new MemoryKube();
    const ended = { ...context(api), term: termOf() };
    ended.term.end();
    await assert.rejects(applyAction(action, ended), LeadershipLostError);
    assert.deepEqual(api.calls.filter(({ verb }) => verb !== "get"), []);
  });
}

/** Errors, and what events say of them. */
const ERRORS: readonly (readonly [Error, string])[] = [
  [new KubeError(400, "BadRequest", ""), "KubeError K8S_BAD_REQUEST 400 BadRequest"],
  [new KubeError(401, "Unauthorized", ""), "KubeError K8S_UNAUTHORIZED 401 Unauthorized"],
  [new KubeError(403, "Forbidden", ""), "KubeError K8S_FORBIDDEN 403 Forbidden"],
  [new KubeError(404, "NotFound", ""), "KubeError K8S_NOT_FOUND 404 NotFound"],
  [new KubeError(409, "Conflict", ""), "KubeError K8S_CONFLICT 409 Conflict"],
  [new KubeError(418, "Unknown", ""), "KubeError K8S_ERROR 418 Unknown"],
  [new KubeError(422, "Invalid", ""), "KubeError K8S_INVALID 422 Invalid"],
  [
    new KubeError(429, "TooManyRequests", ""),
    "KubeError K8S_TOO_MANY_REQUESTS 429 TooManyRequests",
  ],
  [
    new KubeError(503, "ServiceUnavailable", ""),
    "KubeError K8S_SERVER_ERROR 503 ServiceUnavailable",
  ],
  [new KubeUnreachableError(""), "KubeUnreachableError K8S_UNREACHABLE null null"],
  [new ForeignObjectError("x"), "ForeignObjectError K8S_FOREIGN_OBJECT null null"],
];

for (const [error, expected] of ERRORS) {
  Deno.test(`events say ${expected}`, () => {
    const { type, code, status, reason, ...others } = stableError(error) ?? {};
    assert.equal(`${type} ${code} ${status} ${reason}`, expected);
    assert.deepEqual(others, {});
  });
}

Deno.test("an error that is nobody's answer is no outcome of an action", () => {
  for (const error of [new TypeError("x"), new LeadershipLostError("x"), undefined]) {
    assert.equal(stableError(error), undefined);
  }
});
