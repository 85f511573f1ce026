import assert from "node:assert/strict";
import type { Deployment } from "kubernetes-types/apps/v1";
import type { NetworkPolicy } from "kubernetes-types/networking/v1";
import { decide, type DecisionSettings } from "../../../src/operator/agent/decide.ts";
import { manifestOf } from "../../../src/operator/agent/manifest.ts";
import { isOwnedBy, ownerOf } from "../../../src/operator/agent/ownership.ts";
import type { KubeObject } from "../../../src/operator/kube/kube_object.ts";
import { agentOf, observed } from "./agent_fixture.ts";

const OWNER = ownerOf(agentOf("a"));

/** The manifests of a new agent, by their kinds. */
function manifests(
  spec: Readonly<Record<string, unknown>> = {},
  settings: DecisionSettings = {},
): ReadonlyMap<string, KubeObject> {
  const { actions } = decide(undefined, observed("a", spec), settings);
  return new Map(
    actions.filter((action) => action.action_type !== "DeleteNetworkPolicy")
      .map((action) => manifestOf(action, OWNER)).map((object) => [object.kind, object]),
  );
}

function specOf(kind: "Deployment", objects?: ReturnType<typeof manifests>): Deployment["spec"];
function specOf(
  kind: "NetworkPolicy",
  objects?: ReturnType<typeof manifests>,
): NetworkPolicy["spec"];
function specOf(kind: string, objects = manifests()): unknown {
  const object = objects.get(kind);
  return object && "spec" in object ? object.spec : undefined;
}

Deno.test("every object goes away with its agent, and says who made it", () => {
  for (const { metadata } of manifests().values()) {
    assert.deepEqual(metadata.ownerReferences, [OWNER]);
    assert.deepEqual(metadata.labels, {
      app: "universe-agent",
      agent: "a",
      "app.kubernetes.io/managed-by": "holdfast-operator",
    });
  }
  assert.deepEqual([OWNER.controller, OWNER.blockOwnerDeletion], [true, true]);
});

Deno.test("pods run as nobody, write only where they are meant to, and have no token", () => {
  const pod = specOf("Deployment")?.template.spec;
  assert.equal(pod?.automountServiceAccountToken, false);
  assert.equal(pod.runtimeClassName, undefined);
  assert.deepEqual(pod.securityContext, {
    runAsNonRoot: true,
    runAsUser: 1000,
    runAsGroup: 1000,
    fsGroup: 1000,
    seccompProfile: { type: "RuntimeDefault" },
  });
  assert.deepEqual(pod.containers[0]?.securityContext, {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
  const written = pod.containers[0]?.volumeMounts?.filter(({ readOnly }) => !readOnly);
  assert.deepEqual(written?.map(({ mountPath }) => mountPath), ["/workspace", "/tmp"]);
});

Deno.test("a deployment lets go of the workspace before another pod takes it", () => {
  const { replicas, selector, strategy, template } = specOf("Deployment") ?? {};
  assert.deepEqual([replicas, strategy], [1, { type: "Recreate" }]);
  for (const [name, value] of Object.entries(selector?.matchLabels ?? {})) {
    assert.equal(template?.metadata?.labels?.[name], value);
  }
});

Deno.test("whoever admits pods is told that an image is to be verified", () => {
  const annotations = [true, false].map((verify) =>
    specOf("Deployment", manifests({ image: { repository: "r", verify } }))?.template.metadata
      ?.annotations
  );
  assert.deepEqual(annotations, [{ "universe.ai/verify-image": "true" }, undefined]);
});

Deno.test("a runtime class comes to the pods", () => {
  const objects = manifests({}, { runtimeClassName: "gvisor" });
  assert.equal(specOf("Deployment", objects)?.template.spec?.runtimeClassName, "gvisor");
});

Deno.test("workers reach nothing, managers everything", () => {
  const policies = ["worker", "manager"].map((role) =>
    specOf("NetworkPolicy", manifests({ role }))
  );
  const podSelector = { matchLabels: { app: "universe-agent", agent: "a" } };
  assert.deepEqual(policies, [
    { podSelector, policyTypes: ["Egress"], egress: [] },
    { podSelector, policyTypes: ["Egress"], egress: [{}] },
  ]);
});

const LABELS = { "app.kubernetes.io/managed-by": "holdfast-operator" };

/** Objects that are there, and whether they are the agent's. */
const FOUND: Readonly<Record<string, readonly [KubeObject["metadata"], boolean]>> = {
  "one that it made": [{ name: "x", labels: LABELS, ownerReferences: [OWNER] }, true],
  "one of an agent that was there before": [
    { name: "x", labels: LABELS, ownerReferences: [{ ...OWNER, uid: "before" }] },
    true,
  ],
  "one of another version of the schema": [
    {
      name: "x",
      labels: LABELS,
      ownerReferences: [{ ...OWNER, apiVersion: "universe.ai/v1" }],
    },
    true,
  ],
  "one that was handed over": [{ name: "x", labels: LABELS }, true],
  "one without our label": [{ name: "x", ownerReferences: [OWNER] }, false],
  "one of another agent": [
    { name: "x", labels: LABELS, ownerReferences: [{ ...OWNER, name: "b" }] },
    false,
  ],
  "one of another kind of owner": [
    { name: "x", labels: LABELS, ownerReferences: [{ ...OWNER, apiVersion: "apps/v1" }] },
    false,
  ],
};

for (const [name, [metadata, expected]] of Object.entries(FOUND)) {
  Deno.test(`${name} is ${expected ? "" : "not "}the agent's own`, () => {
    assert.equal(isOwnedBy({ apiVersion: "v1", kind: "ConfigMap", metadata }, OWNER), expected);
  });
}
