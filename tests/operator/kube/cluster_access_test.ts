import assert from "node:assert/strict";
import { delimiter, join } from "node:path";
import { clusterAccess } from "../../../src/operator/kube/cluster_access.ts";

const AUTHORITY = Deno.readTextFileSync(
  join(import.meta.dirname!, "..", "..", "cli", "certificates", "first.crt"),
);
const IN_CLUSTER = { KUBERNETES_SERVICE_HOST: "10.0.0.1", KUBERNETES_SERVICE_PORT: "6443" };

/** A home with a kubeconfig, and the directory of a service account. */
async function withPlaces(
  run: (home: string, serviceAccount: string) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir();
  try {
    const account = join(directory, "account");
    await Deno.mkdir(join(directory, ".kube"));
    await Deno.mkdir(account);
    await Deno.writeTextFile(join(directory, ".kube", "config"), kubeconfig("http://home.example"));
    await Deno.writeTextFile(join(account, "token"), "pod-token");
    await Deno.writeTextFile(join(account, "ca.crt"), AUTHORITY);
    await Deno.writeTextFile(join(account, "namespace"), "agents\n");
    await run(directory, account);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function kubeconfig(server: string): string {
  return JSON.stringify({
    clusters: [{ name: "a", cluster: { server } }],
    contexts: [{ name: "a", context: { cluster: "a" } }],
    "current-context": "a",
  });
}

Deno.test("a pod uses its service account, and says what it reads", async () => {
  await withPlaces(async (HOME, serviceAccount) => {
    const { credentials, ...access } = await clusterAccess({ ...IN_CLUSTER, HOME }, {
      serviceAccount,
    });
    assert.deepEqual(access, {
      server: "https://10.0.0.1:6443",
      endpoint: "10.0.0.1:6443",
      namespace: "agents",
      readFiles: ["token", "ca.crt", "namespace"].map((name) => join(serviceAccount, name)),
    });
    assert.deepEqual(await credentials(), { token: "pod-token", authority: AUTHORITY });
    await Deno.writeTextFile(join(serviceAccount, "token"), "rotated");
    assert.equal((await credentials()).token, "rotated");
  });
});

Deno.test("the address of the server may be one of IPv6, and the port the usual one", async () => {
  await withPlaces(async (_home, serviceAccount) => {
    const access = await clusterAccess({ KUBERNETES_SERVICE_HOST: "fd00::1" }, { serviceAccount });
    assert.deepEqual([access.server, access.endpoint], ["https://[fd00::1]", "[fd00::1]:443"]);
  });
});

Deno.test("KUBECONFIG counts before the service account", async () => {
  await withPlaces(async (home, serviceAccount) => {
    const file = join(home, "mine");
    await Deno.writeTextFile(file, kubeconfig("http://mine.example"));
    const KUBECONFIG = ["", file, ""].join(delimiter);
    const access = await clusterAccess({ ...IN_CLUSTER, KUBECONFIG }, { serviceAccount });
    assert.equal(access.server, "http://mine.example");
    assert.deepEqual(access.readFiles, [file]);
  });
});

Deno.test("elsewhere the kubeconfig of the home counts", async () => {
  await withPlaces(async (HOME) => {
    const access = await clusterAccess({ HOME, KUBECONFIG: "", KUBERNETES_SERVICE_HOST: "" });
    assert.equal(access.server, "http://home.example");
    assert.deepEqual(access.readFiles, [join(HOME, ".kube", "config")]);
  });
});

Deno.test("an environment that leads nowhere is a fault", async () => {
  await withPlaces(async (HOME, serviceAccount) => {
    const cases: readonly [Readonly<Record<string, string>>, RegExp][] = [
      [{}, /environment: KUBECONFIG: is required/],
      [{ HOME: join(HOME, "none") }, /none.*is not there/],
      [{ HOME, KUBECONFIG: join(HOME, "none") }, /none.*is not there/],
      [{ KUBERNETES_SERVICE_HOST: "a b" }, /environment: KUBERNETES_SERVICE_HOST/],
      [{ ...IN_CLUSTER, KUBERNETES_SERVICE_PORT: "x" }, /KUBERNETES_SERVICE_PORT/],
    ];
    for (const [environment, message] of cases) {
      const access = clusterAccess(environment, { serviceAccount });
      await assert.rejects(access, { name: "ConfigError", message });
    }
    await Deno.remove(join(serviceAccount, "token"));
    const missing = clusterAccess(IN_CLUSTER, { serviceAccount });
    await assert.rejects(missing, { name: "ConfigError", message: /token: is not there/ });
  });
});
