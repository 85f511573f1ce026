import assert from "node:assert/strict";
import { describedOperations } from "./described_operations.ts";
import { serveEvidence } from "./evidence_endpoint.ts";

Deno.test("the page shows every operation, and can do nothing but be read", async () => {
  await using endpoint = await serveEvidence();
  const moved = await fetch(`${endpoint.origin}/-/api`, { redirect: "manual" });
  assert.deepEqual([moved.status, moved.headers.get("location")], [308, "/-/api/"]);
  const response = await fetch(`${endpoint.origin}/-/api/`);
  const page = await response.text();
  for (const { operation } of await describedOperations(endpoint.origin)) {
    assert.ok(page.includes(`id="${operation.operationId}"`), operation.operationId);
  }
  assert.match(response.headers.get("content-security-policy") ?? "", /^default-src 'none'/);
  assert.doesNotMatch(page, /<script|<style|\sstyle=|\son\w+=/);
});

Deno.test("whatever a page links to on this server is there", async () => {
  await using endpoint = await serveEvidence();
  for (const from of ["/-/api/", "/-/api/problems"]) {
    const page = await (await fetch(endpoint.origin + from)).text();
    for (const [, href = ""] of page.matchAll(/href="([^"]+)"/g)) {
      if (href.startsWith("https:")) continue;
      const { hash, pathname } = new URL(href, endpoint.origin + from);
      const response = await fetch(endpoint.origin + pathname);
      const text = await response.text();
      assert.equal(response.status, 200, href);
      assert.ok(hash === "" || text.includes(`id="${hash.slice(1)}"`), href);
    }
  }
});
