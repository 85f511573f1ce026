/**
 * The commands of the operators' production checklist, run by a shell as they are written there, but
 * for the path of the chart.
 *
 * @module
 */
import assert from "node:assert/strict";
import { toolPath } from "../harness/tools.ts";
import { CHART } from "./helm_chart.ts";

const PINNED = "image: minio/minio:RELEASE.2024-11-07T00-15-16Z";

const ZONES = String.raw`helm template rynxs CHART -f CHART/values-production.yaml \
  | grep -A7 "topologyKey: topology.kubernetes.io/zone"`;

const MINIO = String.raw`helm template rynxs CHART --set minio.enabled=true \
  | grep -A2 "image:" | grep -A1 "minio/minio"`;

const MINIO_PRECISELY = String.raw`helm template rynxs CHART --set minio.enabled=true \
  | awk '/kind: Deployment/{p=0} /name: .*minio/{p=1} p && /image:/{print}'`;

const BUDGETS = String.raw`helm template rynxs CHART --set replicaCount=COUNT \
  | grep -c "kind: PodDisruptionBudget"`;

Deno.test("zones are a hard constraint, of the pods that the checklist selects", async () => {
  const lines = (await shell(ZONES)).split("\n");
  assert.equal(lines[1], "          whenUnsatisfiable: DoNotSchedule");
  assert.ok(lines.slice(0, 8).includes("              app.kubernetes.io/name: rynxs"));
});

Deno.test("MinIO's image is a release", async () => {
  assert.equal((await shell(MINIO)).split("\n")[0]?.trim(), PINNED);
  assert.equal((await shell(MINIO_PRECISELY)).trim(), PINNED);
});

for (const [replicas, budgets] of [[1, 0], [2, 1], [3, 1]]) {
  Deno.test(`${replicas} replicas give ${budgets} disruption budgets`, async () => {
    assert.equal((await shell(BUDGETS.replace("COUNT", `${replicas}`))).trim(), `${budgets}`);
  });
}

Deno.test("one of three replicas stays", async () => {
  const rendered = await shell("helm template rynxs CHART --set replicaCount=3");
  const budget = rendered.split("\n---\n").find((text) => text.includes("PodDisruptionBudget"));
  assert.match(budget ?? "", /^ {2}minAvailable: 1$/m);
});

/** @returns what it prints; `grep -c` ends with 1 where it counts nothing */
async function shell(written: string): Promise<string> {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-checklist-" });
  try {
    await Deno.symlink(await toolPath("helm"), `${directory}/helm`);
    const { stdout, stderr } = await new Deno.Command("sh", {
      args: ["-c", written.replaceAll("CHART", CHART)],
      env: { PATH: `${directory}:/usr/bin:/bin` },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).output();
    assert.equal(new TextDecoder().decode(stderr), "");
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
