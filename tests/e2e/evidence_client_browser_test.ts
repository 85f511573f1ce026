import assert from "node:assert/strict";
import { join } from "node:path";
import { evidenceClient, type EvidenceProof } from "../../src/evidence/client.ts";
import { TAMPERINGS } from "../evidence/client_suite/tamperings.ts";
import { type BrowserPage, startBrowser } from "../harness/browser.ts";
import { type EvidenceServer, sendJson, startEvidenceServer } from "./evidence_server.ts";
import { succeed } from "./program.ts";

const ENTRY = new URL("../evidence/client_suite/browser_entry.ts", import.meta.url).pathname;

/** The client as one script for browsers. */
async function bundled(directory: string): Promise<string> {
  const path = join(directory, "client.js");
  const args = ["bundle", "--quiet", "--platform=browser", "--output", path, ENTRY];
  await succeed(Deno.execPath(), args);
  const script = await Deno.readTextFile(path);
  assert.doesNotMatch(script, /\bnode:|\bDeno\./);
  return script;
}

/** A page that has nothing but the script. */
function servePage(script: () => string): AsyncDisposable & { readonly origin: string } {
  const files: Readonly<Record<string, () => [type: string, text: string]>> = {
    "/": () => ["text/html", '<!doctype html><script type="module" src="/client.js"></script>'],
    "/client.js": () => ["text/javascript", script()],
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    const [type, text] = files[new URL(request.url).pathname]?.() ?? [];
    if (type === undefined) return new Response(null, { status: 204 });
    return new Response(text, { headers: { "content-type": type } });
  });
  return {
    origin: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Proofs of a decision with two versions, as it was before, and of another one. */
async function givenProofs(server: EvidenceServer) {
  const client = evidenceClient(server.endpoint, { token: server.token });
  const proofOf = async (id: string): Promise<EvidenceProof> => {
    const [page = ""] = await client.proof(id);
    return JSON.parse(page);
  };
  const stored = await sendJson(server, "", '{"decision_id":"one","evidence_data":{"n":1.50}}');
  const earlier = await proofOf("one");
  const { checksum } = await stored.json();
  await sendJson(server, "", '{"decision_id":"other","evidence_data":"é"}');
  await sendJson(server, "", `{"decision_id":"one","evidence_data":2,"corrects":"${checksum}"}`);
  await client.attach("one", "report.txt", { body: "a report" });
  return { earlier, whole: await proofOf("one"), other: await proofOf("other") };
}

/** Calls what the script has put into the page. */
function call(page: BrowserPage, name: string, ...given: unknown[]): Promise<unknown> {
  return page.evaluate(`${name}(...${JSON.stringify(given)})`);
}

function demandVerified(verified: unknown): void {
  assert.ok(typeof verified === "object" && verified !== null && "ok" in verified);
  assert.equal(verified.ok, true, JSON.stringify(verified));
  assert.ok("versions" in verified && Array.isArray(verified.versions));
  assert.equal(verified.versions.length, 2);
}

Deno.test("a bundle of the client verifies evidence in a browser, without a network too", async () => {
  let script = "";
  await using site = servePage(() => script);
  await using server = await startEvidenceServer({ corsOrigins: [site.origin] });
  const given = await givenProofs(server);
  script = await bundled(server.directory);
  await using page = await startBrowser();
  await page.goto(`${site.origin}/`);
  const { endpoint, token, verifierKey } = server;
  demandVerified(await call(page, "verifyFrom", endpoint, token, "one", verifierKey));
  await page.goOffline();
  const asked = page.requests.length;

  demandVerified(await call(page, "verifyGiven", given.whole, verifierKey));

  const verdicts = await call(page, "verifyChanged", given, verifierKey);
  assert.ok(TAMPERINGS.length >= 10);
  assert.deepEqual(
    verdicts,
    Object.fromEntries(TAMPERINGS.map(({ reason, what }) => [what, reason])),
  );
  assert.equal(page.requests.length, asked);
  assert.deepEqual(page.complaints, []);
});
