/**
 * Prints the bill of materials of the program: the packages of npm that are in it, with their hashes
 * from deno.lock, and the runtime. The same lock file gives the same text.
 *
 * Source: CycloneDX 1.6, https://cyclonedx.org/docs/1.6/json/
 *
 * @module
 */
import { join } from "node:path";
import { z } from "zod";
import { VERSION } from "../src/version.ts";
import { type ProgramPackage, programPackages, ROOT } from "./program_graph.ts";

const lockFile = z.object({
  npm: z.record(z.string(), z.object({ integrity: z.string() })),
});

/** The bill of materials, as an object of CycloneDX. */
export async function billOfMaterials(): Promise<unknown> {
  const [packages, lock] = await Promise.all([programPackages(), readLock()]);
  const program = `pkg:generic/holdfast@${VERSION}`;
  const runtime = `pkg:npm/deno@${Deno.version.deno}`;
  const reference = (id: string) => packages.has(id) ? [purl(packages.get(id)!)] : [];
  const all = [...packages.values()].sort((a, b) => a.id < b.id ? -1 : 1);
  const needed = new Set(all.flatMap(({ dependencies }) => dependencies));
  return {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: {
      component: {
        type: "application",
        "bom-ref": program,
        name: "holdfast",
        version: VERSION,
        licenses: [{ license: { id: "MIT" } }],
      },
    },
    components: [
      {
        type: "platform",
        "bom-ref": runtime,
        name: "deno",
        version: Deno.version.deno,
        purl: runtime,
      },
      ...all.map((each) => component(each, integrityOf(lock, each.id))),
    ],
    dependencies: [
      {
        ref: program,
        dependsOn: [runtime, ...all.filter(({ id }) => !needed.has(id)).map(purl)],
      },
      ...all.map((each) => ({
        ref: purl(each),
        dependsOn: [...new Set(each.dependencies.flatMap(reference))].sort(),
      })),
    ],
  };
}

function component(each: ProgramPackage, integrity: string): unknown {
  return {
    type: "library",
    "bom-ref": purl(each),
    name: each.name,
    version: each.version,
    purl: purl(each),
    hashes: [{ alg: "SHA-512", content: hexOf(integrity) }],
  };
}

/** Source: package-url, type `npm`: the scope's `@` is percent-encoded. */
function purl({ name, version }: ProgramPackage): string {
  return `pkg:npm/${name.replace("@", "%40")}@${version}`;
}

function hexOf(integrity: string): string {
  return Uint8Array.fromBase64(integrity.replace(/^sha512-/, "")).toHex();
}

async function readLock(): Promise<z.infer<typeof lockFile>> {
  return lockFile.parse(JSON.parse(await Deno.readTextFile(join(ROOT, "deno.lock"))));
}

function integrityOf(lock: z.infer<typeof lockFile>, id: string): string {
  const entry = lock.npm[id];
  if (entry === undefined) throw new Error(`deno.lock has no ${id}`);
  return entry.integrity;
}

if (import.meta.main) console.log(JSON.stringify(await billOfMaterials(), null, 2));
