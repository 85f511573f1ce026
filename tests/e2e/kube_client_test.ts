import assert from "node:assert/strict";
import { join } from "node:path";
import { CONFIG_MAP, DEPLOYMENT } from "../../src/operator/kinds.ts";
import { clusterAccess } from "../../src/operator/kube/cluster_access.ts";
import { KubeClient, type KubeLimits } from "../../src/operator/kube/kube_client.ts";
import { KubeUnreachableError } from "../../src/operator/kube/kube_error.ts";
import type { ResourceKind } from "../../src/operator/kube/kube_object.ts";
import { type Kubernetes, startKubernetes } from "../harness/kubernetes.ts";
import { eventually } from "./eventually.ts";

const MANY = 1_200;

const MANAGER = { fieldManager: "holdfast-test" };

function configMap(name: string, value: string, namespace = "default") {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace },
    data: { value },
  };
}

function ref(name: string, namespace = "default") {
  return { name, namespace };
}

async function clientOf(kubeconfig: string, limits?: KubeLimits): Promise<KubeClient> {
  return new KubeClient(await clusterAccess({ KUBECONFIG: kubeconfig }), limits);
}

/** As many at a time as a connection each is fine for. */
async function createMany(client: KubeClient, namespace: string, count: number): Promise<void> {
  const left = Array.from({ length: count }, (_, index) => `many-${index}`);
  const work = async () => {
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      await client.create(CONFIG_MAP, configMap(name, name, namespace));
    }
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

Deno.test("the client against a real API server", async (test) => {
  await using kubernetes = await startKubernetes();
  using client = await clientOf(kubernetes.kubeconfig);

  await test.step("creates, reads, replaces and deletes", async () => {
    const created = await client.create(CONFIG_MAP, configMap("one", "1"));
    await assert.rejects(client.create(CONFIG_MAP, configMap("one", "1")), {
      name: "KubeError",
      status: 409,
      reason: "AlreadyExists",
    });
    assert.deepEqual(await client.get(CONFIG_MAP, ref("one")), created);
    const replaced = await client.replace(CONFIG_MAP, { ...created, data: { value: "2" } });
    assert.deepEqual(replaced.data, { value: "2" });
    await assert.rejects(client.replace(CONFIG_MAP, created), { reason: "Conflict" });
    assert.equal(await client.delete(CONFIG_MAP, ref("one")), true);
    assert.equal(await client.delete(CONFIG_MAP, ref("one")), false);
    assert.equal(await client.get(CONFIG_MAP, ref("one")), undefined);
  });

  await test.step("applies, takes over fields only by force, and does nothing twice", async () => {
    const first = await client.apply(CONFIG_MAP, configMap("mine", "1"), MANAGER);
    const second = await client.apply(CONFIG_MAP, configMap("mine", "1"), MANAGER);
    assert.deepEqual([first.isCreated, second.isCreated], [true, false]);
    const versions = [first, second].map(({ object }) => object.metadata.resourceVersion);
    assert.equal(versions[0], versions[1]);
    const other = { fieldManager: "somebody-else" };
    const taken = configMap("mine", "2");
    await assert.rejects(client.apply(CONFIG_MAP, taken, other), { reason: "Conflict" });
    const { object } = await client.apply(CONFIG_MAP, taken, { ...other, force: true });
    assert.deepEqual(object.data, { value: "2" });
  });

  await test.step("applies a status without touching the spec", async () => {
    const marks = { apiVersion: "apps/v1", kind: "Deployment", metadata: ref("web") };
    const template = {
      metadata: { labels: { app: "web" } },
      spec: { containers: [{ name: "web", image: "web:1" }] },
    };
    const spec = { selector: { matchLabels: { app: "web" } }, template };
    await client.apply(DEPLOYMENT, { ...marks, spec }, MANAGER);
    const told = await client.applyStatus(
      DEPLOYMENT,
      { ...marks, status: { replicas: 3 } },
      MANAGER,
    );
    assert.deepEqual([told.status?.replicas, told.metadata.generation], [3, 1]);
  });

  await test.step("tells an invalid object, an unknown kind and a namespace that is not there", async () => {
    const invalid = configMap("Not A Name", "1");
    await assert.rejects(client.create(CONFIG_MAP, invalid), { status: 422, reason: "Invalid" });
    const unknown = {
      group: "no.example",
      version: "v1",
      kind: "X",
      plural: "xs",
      namespaced: true,
    };
    await assert.rejects(client.get(unknown, ref("x")), { status: 404, reason: "Unknown" });
    const nowhere = configMap("one", "1", "nowhere");
    await assert.rejects(client.create(CONFIG_MAP, nowhere), { status: 404, reason: "NotFound" });
  });

  await test.step(`lists ${MANY} objects in three pages`, async () => {
    await kubernetes.kubectl(["create", "namespace", "many"]);
    await createMany(client, "many", MANY);
    const { items, resourceVersion } = await client.list(CONFIG_MAP, { namespace: "many" });
    assert.equal(new Set(items.map(({ metadata }) => metadata.name)).size, MANY);
    assert(items.every(({ kind, apiVersion }) => kind === "ConfigMap" && apiVersion === "v1"));
    assert.match(resourceVersion, /^\d+$/);
    const pages = (await auditedUris(kubernetes)).filter((uri) =>
      uri.startsWith("/api/v1/namespaces/many/configmaps?limit=500")
    );
    assert.equal(pages.length, 3);
  });

  await test.step("selects by label", async () => {
    const labelled = configMap("labelled", "1");
    const metadata = { ...labelled.metadata, labels: { app: "x" } };
    await client.create(CONFIG_MAP, { ...labelled, metadata });
    const { items } = await client.list(CONFIG_MAP, { labelSelector: "app in (x,y)" });
    assert.deepEqual(items.map(({ metadata: { name } }) => name), ["labelled"]);
  });

  await test.step("watches, is told up to where it knows all, and goes on from there", async () => {
    using patient = await clientOf(kubernetes.kubeconfig, { watch: { length: () => 5 } });
    const { resourceVersion } = await client.list(CONFIG_MAP, { namespace: "default" });
    const first = await watched(
      patient,
      resourceVersion,
      () => client.create(CONFIG_MAP, configMap("watched", "1")),
    );
    assert.deepEqual(first.changes, ["ADDED watched"]);
    assert.notEqual(first.bookmark, resourceVersion);
    await client.apply(CONFIG_MAP, configMap("watched", "2"), { ...MANAGER, force: true });
    const second = await watched(
      patient,
      first.bookmark,
      () => client.delete(CONFIG_MAP, ref("watched")),
    );
    assert.deepEqual(second.changes, ["MODIFIED watched", "DELETED watched"]);
  });

  await test.step("is told that a version is too old to watch from", async () => {
    const kind = await defineKind(kubernetes);
    // The server refuses for a moment, until it has begun to keep the new kind.
    await eventually(async () => void await client.list(kind));
    const old = { namespace: "default", resourceVersion: "1" };
    await assert.rejects(async () => {
      for await (const { type } of client.watch(kind, old)) assert.equal(type, "BOOKMARK");
    }, { name: "KubeError", status: 410 });
  });

  await test.step("reads paths that are no objects", async () => {
    assert.equal(await client.getText("/readyz"), "ok");
    assert.match(await client.getText("/metrics"), /^apiserver_request_total/m);
    await assert.rejects(client.getText("/nothing/here"), { status: 404 });
  });

  await test.step("may do what its account may do, and no more", async () => {
    await allowReading(kubernetes, "reader");
    const token = await kubernetes.serviceAccountToken("default", "reader");
    using reader = await clientOf(await kubernetes.writeKubeconfig("reader", token));
    assert(await reader.get(CONFIG_MAP, ref("mine")) !== undefined);
    const forbidden = { name: "KubeError", status: 403, reason: "Forbidden" };
    await assert.rejects(reader.list(CONFIG_MAP, { namespace: "default" }), forbidden);
    await assert.rejects(reader.create(CONFIG_MAP, configMap("two", "2")), forbidden);
    await assert.rejects(reader.delete(CONFIG_MAP, ref("mine")), forbidden);
  });

  await test.step("takes up a new token of its service account at once", async () => {
    const directory = await serviceAccountDirectory(kubernetes, "not.a.token");
    const { hostname, port } = new URL(kubernetes.server);
    const environment = { KUBERNETES_SERVICE_HOST: hostname, KUBERNETES_SERVICE_PORT: port };
    const access = await clusterAccess(environment, { serviceAccount: directory });
    using pod = new KubeClient(access);
    await assert.rejects(pod.get(CONFIG_MAP, ref("mine")), {
      status: 401,
      reason: "Unauthorized",
    });
    const token = await kubernetes.serviceAccountToken("default", "reader");
    await Deno.writeTextFile(join(directory, "token"), token);
    assert(await pod.get(CONFIG_MAP, ref("mine")) !== undefined);
  });

  await test.step("trusts nobody but the server that its authority knows", async () => {
    const text = await Deno.readTextFile(kubernetes.kubeconfig);
    const kubeconfig = JSON.parse(text);
    delete kubeconfig.clusters[0].cluster["certificate-authority"];
    const path = join(kubernetes.directory, "no-authority.kubeconfig");
    await Deno.writeTextFile(path, JSON.stringify(kubeconfig));
    using stranger = await clientOf(path);
    await assert.rejects(stranger.getText("/readyz"), {
      name: "KubeUnreachableError",
      message: /certificate/,
    });
  });

  await test.step("does not wait for a server that stands still", async () => {
    using hasty = await clientOf(kubernetes.kubeconfig, {
      call: 1_000,
      list: 1_000,
      watch: { silence: 1_000 },
    });
    const { resourceVersion } = await hasty.list(CONFIG_MAP, { namespace: "default" });
    const from = { namespace: "default", resourceVersion };
    try {
      for await (const event of hasty.watch(CONFIG_MAP, from)) {
        assert.equal(event.type, "BOOKMARK");
        kubernetes.freeze();
      }
      await assert.rejects(
        hasty.watch(CONFIG_MAP, from)[Symbol.asyncIterator]().next(),
        KubeUnreachableError,
      );
      await assert.rejects(hasty.get(CONFIG_MAP, ref("mine")), KubeUnreachableError);
      await assert.rejects(hasty.list(CONFIG_MAP), KubeUnreachableError);
      await assert.rejects(
        hasty.apply(CONFIG_MAP, configMap("mine", "3"), MANAGER),
        KubeUnreachableError,
      );
    } finally {
      kubernetes.thaw();
    }
    assert(await client.get(CONFIG_MAP, ref("mine")) !== undefined);
  });
});

/** Changes, and the last bookmark; `during` is called when the watch has begun. */
async function watched(
  client: KubeClient,
  resourceVersion: string,
  during: () => Promise<unknown>,
) {
  const changes: string[] = [];
  let [bookmark, begun] = ["", Promise.resolve<unknown>(undefined)];
  for await (
    const event of client.watch(CONFIG_MAP, { namespace: "default", resourceVersion })
  ) {
    if (event.type !== "BOOKMARK") changes.push(`${event.type} ${event.object.metadata.name}`);
    else if (bookmark === "") [bookmark, begun] = [event.resourceVersion, during()];
    else bookmark = event.resourceVersion;
  }
  await begun;
  return { changes, bookmark };
}

/** A kind that was not there yet at the first versions. */
async function defineKind({ kubectl }: Kubernetes): Promise<ResourceKind> {
  const names = { plural: "things", kind: "Thing" };
  const schema = { openAPIV3Schema: { type: "object" } };
  const definition = {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "things.example.com" },
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names,
      versions: [{ name: "v1", served: true, storage: true, schema }],
    },
  };
  await kubectl(["apply", "--filename=-"], JSON.stringify(definition));
  await kubectl(["wait", "--for=condition=Established", "crd/things.example.com"]);
  return { ...names, group: "example.com", version: "v1", namespaced: true };
}

async function auditedUris({ auditLog }: Kubernetes): Promise<readonly string[]> {
  const lines = (await Deno.readTextFile(auditLog)).split("\n").filter((line) => line !== "");
  return lines.map((line): string => JSON.parse(line).requestURI);
}

/** An account that may get ConfigMaps. */
async function allowReading({ kubectl }: Kubernetes, name: string): Promise<void> {
  await kubectl(["create", "serviceaccount", name]);
  await kubectl(["create", "role", name, "--verb=get", "--resource=configmaps"]);
  await kubectl([
    "create",
    "rolebinding",
    name,
    `--role=${name}`,
    `--serviceaccount=default:${name}`,
  ]);
}

async function serviceAccountDirectory(
  { directory, authority }: Kubernetes,
  token: string,
): Promise<string> {
  const account = join(directory, "service-account");
  await Deno.mkdir(account);
  const files = { token, "ca.crt": authority, namespace: "default" };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(account, name), text);
  }
  return account;
}
