/**
 * Releases that are changed while a log is on their claims: from a chart that names and selects as the
 * operator's earlier ones did, and from a log on a volume to one in S3.
 */
import assert from "node:assert/strict";
import { join } from "node:path";
import { type Kubernetes, startKubernetes } from "../harness/kubernetes.ts";
import { CHART, helm } from "./helm_chart.ts";

/** What of the earlier charts cannot be changed once it is there. */
const EARLIER = `apiVersion: v1
kind: PersistentVolumeClaim
metadata: { name: "{{ .Values.fullname }}-logs" }
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: 50Gi } }
---
apiVersion: v1
kind: Service
metadata: { name: "{{ .Values.fullname }}-metrics" }
spec:
  type: ClusterIP
  ports: [{ name: metrics, port: 8080, targetPort: metrics }]
  selector: { app.kubernetes.io/name: rynxs, app.kubernetes.io/instance: "{{ .Release.Name }}" }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: "{{ .Values.fullname }}-operator" }
spec:
  selector:
    matchLabels:
      app.kubernetes.io/name: rynxs
      app.kubernetes.io/instance: "{{ .Release.Name }}"
  template:
    metadata:
      labels:
        app.kubernetes.io/name: rynxs
        app.kubernetes.io/instance: "{{ .Release.Name }}"
    spec: { containers: [{ name: operator, image: "operator:1" }] }
`;

Deno.test("a release keeps the claim that its log is on", async (t) => {
  await using kubernetes = await startKubernetes();
  const earlier = await earlierChart(kubernetes);
  const release = (verb: string, name: string, ...args: string[]) =>
    helm(verb, name, ...args, `--kubeconfig=${kubernetes.kubeconfig}`, "-n=default");

  await t.step("when an earlier chart made it", async () => {
    demand(await release("install", "rynxs", earlier, "--set=fullname=rynxs"));
    const before = await claims(kubernetes);
    demand(
      await release("upgrade", "rynxs", CHART, ...METRICS, "--set=persistence.size=50Gi"),
    );
    assert.deepEqual((await claims(kubernetes))["rynxs-logs"], before["rynxs-logs"]);
  });

  await t.step("when its log moves into S3, however the volume was asked for", async () => {
    const before = await claims(kubernetes);
    for (const enabled of ["true", "false"]) {
      const values = `logSink.type=s3,persistence.enabled=${enabled}`;
      demand(await release("upgrade", "rynxs", CHART, ...METRICS, `--set=${values}`));
      assert.deepEqual(await claims(kubernetes), before);
    }
  });

  await t.step("when its MinIO is given up", async () => {
    demand(
      await release("upgrade", "rynxs", CHART, "--set=minio.enabled=true,persistence.size=50Gi"),
    );
    const before = await claims(kubernetes);
    assert.ok("rynxs-minio" in before);
    demand(await release("upgrade", "rynxs", CHART, "--set=persistence.size=50Gi"));
    assert.deepEqual(await claims(kubernetes), before);
  });

  await t.step("when earlier charts called it otherwise, which it is told of", async () => {
    demand(await release("install", "prod", earlier, "--set=fullname=prod-rynxs"));
    const before = await claims(kubernetes);
    const account = "--set=rbac.serviceAccountName=";
    const refused = await release("upgrade", "prod", CHART, account);
    assert.equal(refused.ok, false);
    assert.match(refused.said, /on the claim prod-rynxs-logs.* set fullnameOverride to prod-rynxs/);
    const named = "--set=fullnameOverride=prod-rynxs,persistence.size=50Gi";
    demand(await release("upgrade", "prod", CHART, account, named));
    assert.deepEqual((await claims(kubernetes))["prod-rynxs-logs"], before["prod-rynxs-logs"]);
  });

  await t.step("until it is uninstalled", async () => {
    demand(await release("uninstall", "rynxs"));
    assert.deepEqual(Object.keys(await claims(kubernetes)).filter((name) => /^rynxs/.test(name)), [
      "rynxs-server-data",
    ]);
  });
});

const METRICS = ["--set=metrics.enabled=true"];

async function earlierChart({ directory }: Kubernetes): Promise<string> {
  const chart = join(directory, "earlier");
  await Deno.mkdir(join(chart, "templates"), { recursive: true });
  await Deno.writeTextFile(
    join(chart, "Chart.yaml"),
    "{apiVersion: v2, name: rynxs, version: 1.0.0}",
  );
  await Deno.writeTextFile(join(chart, "templates", "all.yaml"), EARLIER);
  return chart;
}

function demand({ ok, said }: { readonly ok: boolean; readonly said: string }): void {
  assert.ok(ok, said);
}

/** The uid of each claim that is not on its way out. */
async function claims({ kubectl }: Kubernetes): Promise<Readonly<Record<string, string>>> {
  const columns = "NAME:.metadata.name,UID:.metadata.uid,GOES:.metadata.deletionTimestamp";
  const table = await kubectl([
    "get",
    "pvc",
    "-n=default",
    "--no-headers",
    `-o=custom-columns=${columns}`,
  ]);
  return Object.fromEntries(
    table.trim().split("\n").map((line) => line.split(/\s+/))
      .flatMap(([name = "", uid = "", goes]) => goes === "<none>" ? [[name, uid]] : []),
  );
}
