import assert from "node:assert/strict";
import { join } from "node:path";
import { ConfigError } from "../../../src/config/config_error.ts";
import { kubeconfigAccess } from "../../../src/operator/kube/kubeconfig.ts";

const CERTIFICATES = join(import.meta.dirname!, "..", "..", "cli", "certificates");
const CHAIN = Deno.readTextFileSync(join(CERTIFICATES, "first.crt"));
const KEY = Deno.readTextFileSync(join(CERTIFICATES, "first.key"));
const SERVER = "https://cluster.example:6443";

type Fields = Readonly<Record<string, unknown>>;

/** A file with one cluster, one user and one context, all of the same name. */
function config(cluster: Fields, user: Fields, name = "main"): string {
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    preferences: {},
    clusters: [{ name, cluster: { server: SERVER, ...cluster } }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name, namespace: `ns-${name}` } }],
    "current-context": name,
  });
}

function base64(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}

/** Runs a test with files in a directory of their own. */
async function withFiles(
  files: Readonly<Record<string, string>>,
  run: (path: (name: string) => string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    for (const [name, text] of Object.entries(files)) {
      await Deno.writeTextFile(join(directory, name), text);
    }
    await run((name) => join(directory, name));
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

Deno.test("a token and an authority in files are found beside the kubeconfig, and read each time", async () => {
  const text = config({ "certificate-authority": "ca.pem" }, {
    tokenFile: "token",
    token: "other",
  });
  await withFiles({ config: text, "ca.pem": CHAIN, token: "from-file\n" }, async (path) => {
    const access = await kubeconfigAccess([path("config")]);
    assert.deepEqual(await access.credentials(), { token: "from-file", authority: CHAIN });
    await Deno.writeTextFile(path("token"), "rotated");
    assert.equal((await access.credentials()).token, "rotated");
    assert.deepEqual(access.readFiles, ["config", "token", "ca.pem"].map(path));
  });
});

Deno.test("data in the kubeconfig count before files", async () => {
  const text = config(
    { "certificate-authority": "none", "certificate-authority-data": base64(CHAIN) },
    {
      "client-certificate": "none",
      "client-certificate-data": base64(CHAIN),
      "client-key-data": base64(KEY),
      token: "",
    },
  );
  await withFiles({ config: text }, async (path) => {
    const access = await kubeconfigAccess([path("config")]);
    const certificate = { chain: CHAIN, key: KEY };
    assert.deepEqual(await access.credentials(), { authority: CHAIN, certificate });
    assert.deepEqual(access.readFiles, [path("config")]);
  });
});

Deno.test("a client certificate may be in files", async () => {
  const text = config({}, { "client-certificate": "c.crt", "client-key": "c.key" });
  await withFiles({ config: text, "c.crt": CHAIN, "c.key": KEY }, async (path) => {
    const access = await kubeconfigAccess([path("config")]);
    assert.deepEqual(await access.credentials(), { certificate: { chain: CHAIN, key: KEY } });
    assert.deepEqual(access.readFiles, [path("config"), path("c.crt"), path("c.key")]);
  });
});

Deno.test("addresses of servers", async () => {
  const cases: readonly [server: string, address: string, endpoint: string][] = [
    ["https://cluster.example:6443", "https://cluster.example:6443", "cluster.example:6443"],
    ["https://cluster.example", "https://cluster.example", "cluster.example:443"],
    ["http://127.0.0.1:8001/", "http://127.0.0.1:8001", "127.0.0.1:8001"],
    ["http://proxy", "http://proxy", "proxy:80"],
    ["https://[fd00::1]:6443", "https://[fd00::1]:6443", "[fd00::1]:6443"],
    ["https://r.example/k8s/clusters/c1/", "https://r.example/k8s/clusters/c1", "r.example:443"],
  ];
  for (const [server, address, endpoint] of cases) {
    await withFiles({ config: config({ server }, {}) }, async (path) => {
      const access = await kubeconfigAccess([path("config")]);
      assert.deepEqual([access.server, access.endpoint], [address, endpoint]);
    });
  }
});

Deno.test("a context can be named instead of the current one", async () => {
  const both = { one: config({}, { token: "1" }, "one"), two: config({}, { token: "2" }, "two") };
  await withFiles(both, async (path) => {
    const files = [path("one"), path("two")];
    assert.equal((await kubeconfigAccess(files)).namespace, "ns-one");
    const access = await kubeconfigAccess(files, "two");
    assert.deepEqual([access.namespace, await access.credentials()], ["ns-two", { token: "2" }]);
  });
});

Deno.test("of several files the first that says something counts, and missing ones are passed over", async () => {
  const files = {
    first: JSON.stringify({
      users: [{ name: "main", user: { token: "first" } }],
      clusters: null,
      "current-context": "",
    }),
    second: config({}, { token: "second" }),
    third: config({ server: "https://third.example" }, { token: "third" }),
  };
  await withFiles(files, async (path) => {
    const all = ["missing", "first", "second", "third"].map(path);
    const access = await kubeconfigAccess(all);
    assert.deepEqual([access.server, await access.credentials()], [SERVER, { token: "first" }]);
    assert.deepEqual(access.readFiles, all);
  });
});

Deno.test("relative paths are relative to the file that has them", async () => {
  await withFiles({ main: config({}, {}, "other"), token: "wrong" }, async (path) => {
    const directory = path("deeper");
    await Deno.mkdir(directory);
    await Deno.writeTextFile(join(directory, "token"), "right");
    await Deno.writeTextFile(join(directory, "config"), config({}, { tokenFile: "token" }));
    const access = await kubeconfigAccess([path("main"), join(directory, "config")], "main");
    assert.deepEqual(await access.credentials(), { token: "right" });
  });
});

Deno.test("what tools write for nothing is nothing", async () => {
  const cluster = { "insecure-skip-tls-verify": false, "proxy-url": "", "tls-server-name": "" };
  const user = { exec: null, username: "", "client-certificate": "", token: "t" };
  await withFiles({ config: config(cluster, user) }, async (path) => {
    assert.deepEqual(await (await kubeconfigAccess([path("config")])).credentials(), {
      token: "t",
    });
  });
});

/** Where a fault is found, and part of what is said. */
const FAULTS: readonly [cluster: Fields, user: Fields, path: string, message: RegExp][] = [
  [{}, { exec: { command: "aws" } }, "users[0].user.exec", /no program is started.*create token/],
  [{}, { "auth-provider": { name: "gcp" } }, "users[0].user.auth-provider", /create token/],
  [{}, { username: "me" }, "users[0].user.username", /create token/],
  [{}, { password: "hunter2" }, "users[0].user.password", /create token/],
  [{}, { token: "t", as: "root" }, "users[0].user.as", /account itself/],
  [{}, { token: "t", "as-groups": ["a"] }, "users[0].user.as-groups", /account itself/],
  [{ "insecure-skip-tls-verify": true }, {}, inCluster("insecure-skip-tls-verify"), /authority/],
  [{ "tls-server-name": "a" }, {}, inCluster("tls-server-name"), /into `server`/],
  [{ "proxy-url": "http://p" }, {}, inCluster("proxy-url"), /without a proxy/],
  [{ server: "cluster.example" }, {}, inCluster("server"), /URL/],
  [{ server: "ftp://cluster.example" }, {}, inCluster("server"), /URL/],
  [{ server: "https://me:hunter2@c.example" }, {}, inCluster("server"), /neither a name/],
  [{ server: "https://c.example/?a=b" }, {}, inCluster("server"), /query/],
  [{ server: ["x"] }, {}, inCluster("server"), /single value/],
  [{ "certificate-authority-data": "?" }, {}, inCluster("certificate-authority-data"), /base64/],
  [{}, { "client-certificate": "c" }, "users[0].user.client-key", /required/],
  [{}, { "client-key": "c" }, "users[0].user.client-certificate", /required/],
];

function inCluster(field: string): string {
  return `clusters[0].cluster.${field}`;
}

for (const [cluster, user, where, message] of FAULTS) {
  Deno.test(`a fault names the file and ${where}`, async () => {
    await withFiles({ config: config(cluster, user) }, async (path) => {
      const error: unknown = await kubeconfigAccess([path("config")]).catch((error) => error);
      assert(error instanceof ConfigError);
      assert.equal(error.source, path("config"));
      assert.equal(error.faults[0].path, where);
      assert.match(error.faults[0].message, message);
      assert.doesNotMatch(error.message, /hunter2/);
    });
  });
}

Deno.test("fields are only refused in the entries that are used", async () => {
  const text = JSON.parse(config({}, { token: "t" }));
  text.users.push({ name: "other", user: { exec: {} } });
  await withFiles({ config: JSON.stringify(text) }, async (path) => {
    await kubeconfigAccess([path("config")]);
  });
});

Deno.test("files that do not fit together are faults", async () => {
  const cases: readonly [text: string, message: RegExp][] = [
    ["{", /config: /],
    ["clusters: {}", /clusters: must be a list/],
    ["clusters: [{}]", /clusters\[0\]\.name: is required/],
    ["{}", /current-context: is required/],
    ["current-context: x", /there is no context "x"/],
    [
      "{current-context: x, contexts: [{name: x, context: {}}]}",
      /contexts\[0\]\.context\.cluster: is required/,
    ],
    [
      "{current-context: x, contexts: [{name: x, context: {cluster: y}}]}",
      /contexts\[0\]\.context\.cluster: there is no cluster "y"/,
    ],
    [config({}, {}).replace('"users":[{"name":"main"', '"users":[{"name":"m"'), /no user "main"/],
  ];
  for (const [text, message] of cases) {
    await withFiles({ config: text }, async (path) => {
      await assert.rejects(kubeconfigAccess([path("config")]), { name: "ConfigError", message });
    });
  }
});

Deno.test("what a file does not hold is told when the access is looked for, and not what it holds", async () => {
  const user = { tokenFile: "token" };
  const cases: readonly [files: Readonly<Record<string, string>>, message: RegExp][] = [
    [{ config: config({}, user) }, /token: is not there/],
    [{ config: config({}, user), token: "" }, /is no bearer token/],
    [{ config: config({}, user), token: "two hunter2 tokens" }, /is no bearer token/],
    [{ config: config({ "certificate-authority": "ca" }, {}), ca: "hunter2" }, /no CERTIFICATE/],
    [
      {
        config: config({}, { "client-certificate": "ca", "client-key": "ca" }),
        ca: CHAIN,
      },
      /no PRIVATE KEY/,
    ],
  ];
  for (const [files, message] of cases) {
    await withFiles(files, async (path) => {
      const error: unknown = await kubeconfigAccess([path("config")]).catch((error) => error);
      assert(error instanceof ConfigError);
      assert.match(error.message, message);
      assert.doesNotMatch(error.message, /hunter2/);
    });
  }
});

Deno.test("files of which none is there are a fault", async () => {
  await withFiles({}, async (path) => {
    await assert.rejects(kubeconfigAccess([path("a"), path("b")]), { message: /is not there/ });
  });
});
