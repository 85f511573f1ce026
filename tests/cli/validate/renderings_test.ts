import assert from "node:assert/strict";
import { readManifests, readRenderings } from "../../../src/cli/validate/chart/renderings.ts";
import { inDirectory } from "../holdfast.ts";

const SERVICE = "{ apiVersion: v1, kind: Service, metadata: { name: NAME } }\n";

const named = (name: string) => SERVICE.replace("NAME", name);

Deno.test("a file is one rendering, and so is each file and each directory in a directory", async () => {
  await inDirectory(async (directory) => {
    await Deno.mkdir(`${directory}/out/chart/templates`, { recursive: true });
    await Deno.writeTextFile(`${directory}/1.yaml`, `${named("a")}---\n${named("b")}`);
    await Deno.writeTextFile(`${directory}/2.yml`, named("c"));
    await Deno.writeTextFile(`${directory}/notes.txt`, "not YAML: [");
    await Deno.writeTextFile(`${directory}/out/chart/templates/d.yaml`, named("d"));
    await Deno.writeTextFile(`${directory}/out/chart/templates/e.yaml`, named("e"));
    const names = async (path: string) =>
      (await readRenderings(path)).map(({ name, objects }) => [
        name.slice(directory.length + 1),
        objects.map(({ metadata }) => metadata?.name).join(),
      ]);
    assert.deepEqual(await names(`${directory}/1.yaml`), [["1.yaml", "a,b"]]);
    assert.deepEqual(await names(directory), [["1.yaml", "a,b"], ["2.yml", "c"], ["out", "d,e"]]);
  });
});

Deno.test("readRenderings names what it cannot read", async () => {
  await inDirectory(async (directory) => {
    await assert.rejects(readRenderings(`${directory}/none`), /none: there is no such file/);
    await assert.rejects(readRenderings(directory), /there is no YAML file in it/);
    await Deno.writeTextFile(`${directory}/a.yaml`, "a: [");
    await assert.rejects(readRenderings(directory), /a\.yaml: Flow sequence/);
    await Deno.writeTextFile(`${directory}/a.yaml`, "a: 1");
    await assert.rejects(
      readRenderings(directory),
      /a\.yaml: one of its documents is no Kubernetes/,
    );
  });
});

Deno.test("readManifests takes lists apart, and passes over empty documents", () => {
  const list = `{ apiVersion: v1, kind: List, items: [${named("a")}, ${named("b")}] }`;
  const names = readManifests(`---\n# none\n---\n${list}\n---\n${named("c")}`)
    .map(({ metadata }) => metadata?.name);
  assert.deepEqual(names, ["a", "b", "c"]);
});
