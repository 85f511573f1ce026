import assert from "node:assert/strict";
import { join } from "node:path";
import { ConfigError, faultLine, loadConfig } from "../../src/config/config.ts";
import { configuredOwners } from "../../src/config/identities.ts";

const POLICY = {
  Version: "2012-10-17",
  Statement: {
    Effect: "Deny",
    Principal: { AWS: "arn:aws:iam::000000000000:user/auditor" },
    Action: "s3:PutObject",
    Resource: "arn:aws:s3:::BUCKET/events/*",
  },
};

const BUCKETS = `
buckets:
  - name: events
    policy: policies/policy.json
    credentials:
      - { access_key_id: A, secret_access_key: a, name: writer }
      - { access_key_id: B, secret_access_key: b, name: auditor }
`;

/** A directory with a configuration and a policy beside it. */
async function directoryWith(yaml: string, policy: string) {
  const path = await Deno.makeTempDir({ prefix: "holdfast-config-" });
  await Deno.mkdir(join(path, "policies"));
  await Deno.writeTextFile(join(path, "policies", "policy.json"), policy);
  await Deno.writeTextFile(join(path, "config.yaml"), yaml);
  return {
    load: () => loadConfig(join(path, "config.yaml"), {}),
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

async function faultsOf(yaml: string, policy: string): Promise<readonly string[]> {
  await using directory = await directoryWith(yaml, policy);
  try {
    await directory.load();
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map(faultLine);
    throw error;
  }
  return [];
}

Deno.test("a bucket's policy is read from a file beside the configuration", async () => {
  await using directory = await directoryWith(BUCKETS, JSON.stringify(POLICY));
  const { policies } = await directory.load();
  assert.deepEqual(policies, [{
    bucket: "events",
    file: "policies/policy.json",
    document: JSON.stringify(POLICY).replace("BUCKET", "events"),
  }]);
});

Deno.test("the virtual bucket has a policy too", async () => {
  const yaml = `
server: { virtual_bucket: all, virtual_bucket_policy: policies/policy.json }
users: [{ name: auditor, credentials: [{ access_key_id: A, secret_access_key: a }] }]
`;
  await using directory = await directoryWith(yaml, JSON.stringify(POLICY));
  const [policy] = (await directory.load()).policies;
  assert.equal(policy?.bucket, "all");
});

Deno.test("a policy that cannot be used stops the start, with the YAML path of the fault", async (t) => {
  const { Statement } = POLICY;
  const cases: readonly (readonly [string, string, string, RegExp])[] = [
    ["no JSON", BUCKETS, "{", /^buckets\[0\]\.policy: policies\/policy\.json: .*JSON/],
    [
      "no such file",
      BUCKETS.replace("policy.json", "absent.json"),
      "{}",
      /^buckets\[0\]\.policy: policies\/absent\.json: there is no such file$/,
    ],
    [
      "another bucket",
      BUCKETS,
      JSON.stringify({ ...POLICY, Statement: { ...Statement, Resource: "arn:aws:s3:::other/*" } }),
      /^buckets\[0\]\.policy: policies\/policy\.json: Statement\.Resource.*resource/,
    ],
    [
      "an unknown user",
      BUCKETS.replace("name: auditor", "name: somebody"),
      JSON.stringify(POLICY),
      /^buckets\[0\]\.policy: policies\/policy\.json: Statement\.Principal.*auditor/,
    ],
    [
      "another account",
      `server: { account_id: "111122223333" }\n${BUCKETS}`,
      JSON.stringify(POLICY),
      /^buckets\[0\]\.policy: policies\/policy\.json: Statement\.Principal.*000000000000/,
    ],
  ];
  for (const [name, yaml, policy, fault] of cases) {
    await t.step(name, async () => {
      const faults = await faultsOf(yaml, policy);
      assert.equal(faults.length, 1, faults.join("\n"));
      assert.match(faults[0] ?? "", fault);
    });
  }
});

Deno.test("an account has twelve digits, and trusted proxies have addresses", async () => {
  const yaml = `server: { account_id: "12", trusted_proxies: [10.0.0.0/8, "::1", proxy] }`;
  assert.deepEqual(await faultsOf(yaml, "{}"), [
    "server.account_id: must be twelve digits",
    "server.trusted_proxies[2]: must be an address or a range of them, such as 10.0.0.0/8",
  ]);
});

Deno.test("a bucket of the configuration belongs to the first who is given it", async () => {
  const yaml = `${BUCKETS.replace("    policy: policies/policy.json\n", "")}
  - { name: shared }
auth: { access_key_id: L, secret_access_key: l }
users:
  - { name: one, buckets: [events, shared], credentials: [{ access_key_id: C, secret_access_key: c }] }
  - { name: two, buckets: [shared], credentials: [{ access_key_id: D, secret_access_key: d }] }
`;
  await using directory = await directoryWith(yaml, "{}");
  assert.deepEqual([...configuredOwners(await directory.load())], [
    ["unified", "L"],
    ["events", "writer"],
    ["shared", "one"],
  ]);
});

Deno.test("no user goes by the name of auth, who owns the virtual bucket", async () => {
  const users = (name: string) =>
    `users: [{ name: ${name}, credentials: [{ access_key_id: A, secret_access_key: a }] }]`;
  const fault = "users[0].name: is the name that auth goes by";
  assert.deepEqual(await faultsOf(`auth: { token: t }\n${users("token")}`, "{}"), [fault]);
  const pair = "auth: { access_key_id: L, secret_access_key: l }";
  assert.deepEqual(await faultsOf(`${pair}\n${users("L")}`, "{}"), [fault]);
  assert.deepEqual(await faultsOf(`${pair}\n${users("token")}`, "{}"), []);
});
