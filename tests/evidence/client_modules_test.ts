import assert from "node:assert/strict";
import { stripTypeScriptTypes } from "node:module";

/** Where the client, and what verifies proofs, begin. */
const ENTRIES = ["../../src/evidence/client.ts", "../../src/evidence/verify_bundle.ts"];

/** Modules that come from elsewhere. */
const OUTSIDE = ["hono/client"];

/** Every module that runs when one is imported: types are gone by then. */
async function modulesOf(url: string, found = new Map<string, string>()) {
  if (found.has(url)) return found;
  // Takes nothing but types away: whatever else TypeScript has would have to be compiled.
  const script = stripTypeScriptTypes(await Deno.readTextFile(new URL(url)));
  found.set(url, script);
  for (const [, from = ""] of script.matchAll(/\b(?:from|import)\s*\(?\s*"([^"]+)"/g)) {
    if (from.startsWith(".")) await modulesOf(new URL(from, url).href, found);
    else found.set(from, "");
  }
  return found;
}

for (const entry of ENTRIES) {
  Deno.test(`${entry.split("/").at(-1)} stands on Web APIs alone, and on types that can be taken away`, async () => {
    const modules = await modulesOf(new URL(entry, import.meta.url).href);
    assert.ok(modules.size > 10);
    const outside = [...modules.keys()].filter((url) => !url.startsWith("file:"));
    assert.ok(outside.every((name) => OUTSIDE.includes(name)), outside.join());
    for (const [url, script] of modules) {
      const code = script.replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      assert.doesNotMatch(code, /\bDeno\b|\bprocess\b|\bBuffer\b|\brequire\b|"node:/, url);
    }
  });
}
