import assert from "node:assert/strict";
import { canonicalJson } from "../../../src/eventlog/canonical_json.ts";
import { observe } from "../../../src/operator/agent/observe.ts";
import { agentOf, KNOWN_SPEC, observed } from "./agent_fixture.ts";

const DIGEST = `sha256:${"a".repeat(64)}`;

/** Images as they are asked for, and as they are understood. */
const IMAGES: readonly (readonly [unknown, string])[] = [
  [undefined, '{"tag":"latest","verify":false}'],
  [null, '{"tag":"latest","verify":false}'],
  ["python:3.11-slim", '{"repository":"python","tag":"3.11-slim","verify":false}'],
  ["python", '{"repository":"python","tag":"latest","verify":false}'],
  ["localhost:5000/a", '{"repository":"localhost:5000/a","tag":"latest","verify":false}'],
  ["localhost:5000/a:1", '{"repository":"localhost:5000/a","tag":"1","verify":false}'],
  [`a@${DIGEST}`, `{"digest":"${DIGEST}","repository":"a","verify":false}`],
  [
    `a:5000/b:1@${DIGEST}`,
    `{"digest":"${DIGEST}","repository":"a:5000/b","tag":"1","verify":false}`,
  ],
  [{ repository: "a", verify: true }, '{"repository":"a","tag":"latest","verify":true}'],
  [{ tag: null, pull: "x" }, '{"pull":"x","tag":"latest","verify":false}'],
];

for (const [image, expected] of IMAGES) {
  Deno.test(`the image ${JSON.stringify(image)} is understood`, () => {
    const spec = JSON.parse(observed("a", { image }).specText);
    assert.equal(JSON.stringify(spec.image), expected);
  });
}

Deno.test("a spec has the hash that existing operators give it", () => {
  const agent = observed("agent-000", KNOWN_SPEC);
  assert.equal(agent.specHash, "78fc19249e2d835a");
  assert.deepEqual(Object.keys(agent.payload).sort(), [
    "labels",
    "name",
    "namespace",
    "spec",
    "spec_hash",
  ]);
});

Deno.test("specs that mean the same have one hash", () => {
  const hashes = [
    KNOWN_SPEC,
    { ...KNOWN_SPEC, image: "ghcr.io/test/agent:v1.0.0" },
    { ...KNOWN_SPEC, role: null, workspace: { size: "1Gi", storageClassName: null } },
    { ...KNOWN_SPEC, permissions: { canManageTeam: false } },
    Object.fromEntries(Object.entries(KNOWN_SPEC).toReversed()),
  ].map((spec) => observed("a", spec).specHash);
  assert.deepEqual([...new Set(hashes)], ["78fc19249e2d835a"]);
});

Deno.test("only labels that stay are recorded", () => {
  const labels = { team: "red", app: "a", "pod-template-hash": "5", role: "x" };
  const agent = observe(agentOf("a", {}, { labels }));
  assert.ok("payload" in agent);
  assert.equal(
    canonicalJson(agent.payload["labels"] ?? null),
    '{"app":"a","role":"x","team":"red"}',
  );
});

Deno.test("what nobody here knows of is recorded as it is", () => {
  const luck = { weight: 0.1, tiny: 1e-7, big: 2 ** 53 - 1, huge: 1e300, list: [null, { a: -5 }] };
  const { specText } = observed("a", { luck, ["__proto__"]: { a: 1 } });
  const expected = '"luck":{"big":9007199254740991,"huge":1e+300,"list":[null,{"a":-5}],' +
    '"tiny":1e-07,"weight":0.1}';
  assert.ok(specText.includes(expected), specText);
});

function nested(depth: number): Record<string, unknown> {
  return depth === 0 ? {} : { a: nested(depth - 1) };
}

/** Agents that an older schema, or none, lets through. */
const FAULTS: Readonly<Record<string, readonly [string, Readonly<Record<string, unknown>>]>> = {
  "metadata.name: must have at most 40 characters": ["n".repeat(41), {}],
  "spec.role: Invalid option": ["a", { role: "emperor" }],
  "spec.image.repository: must have no tag": ["a", { image: { repository: "a:1" } }],
  "spec.workspace.size: must be a quantity": ["a", { workspace: { size: "much" } }],
  "spec: it is nested more than": ["a", { deep: nested(600) }],
  "spec: it holds half of a surrogate pair": ["a", { text: "\ud800" }],
};

for (const [message, [name, spec]] of Object.entries(FAULTS)) {
  Deno.test(`an agent that cannot be understood is told why: ${message}`, () => {
    const fault = observe(agentOf(name, spec));
    assert.ok("message" in fault && fault.message.startsWith(message), JSON.stringify(fault));
  });
}

Deno.test("however much is wrong, what is said of it is short", () => {
  const permissions = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`p${at}`, 1]));
  const fault = observe(agentOf("a", { permissions }));
  assert.ok("message" in fault && fault.message.length <= 1_000);
});

Deno.test("a spec may be nested a hundred levels deep, and no deeper", () => {
  for (const [levels, message] of [[99, ""], [100, "100 levels"], [100_000, "levels"]] as const) {
    const spec = JSON.parse(`{"value":${"[".repeat(levels)}${"]".repeat(levels)}}`);
    const result = observe(agentOf("a", spec));
    assert.equal("message" in result, message !== "");
    if ("message" in result) assert.ok(result.message.includes(message), result.message);
  }
});

Deno.test("what is said of a spec can be told in JSON, whatever characters it has", () => {
  for (const before of ["", "x"]) {
    const permissions = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`${before}${"😀".repeat(3)}${index}`, "yes"]),
    );
    const result = observe(agentOf("a", { permissions }));
    assert.ok("message" in result && result.message.isWellFormed() && result.message.length > 900);
  }
});
