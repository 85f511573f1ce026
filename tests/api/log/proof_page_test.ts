import assert from "node:assert/strict";
import { PROOF_PAGE, proofPage } from "../../../src/api/log/proof_page.ts";

async function textOf(path: string): Promise<string> {
  const answer = proofPage(path);
  assert.ok(answer, path);
  assert.equal(answer.status, 200);
  return await answer.text();
}

/** The scripts that a script imports, and those that they import. */
async function imported(path: string, found = new Map<string, string>()) {
  if (found.has(path)) return found;
  const text = await textOf(path);
  found.set(path, text);
  for (const [, from = ""] of text.matchAll(/\bfrom "([^"]+)"/g)) {
    await imported(new URL(from, `http://host${path}`).pathname, found);
  }
  return found;
}

Deno.test("the page brings all the scripts that it needs, in JavaScript", async () => {
  const html = await textOf(PROOF_PAGE);
  const [, script] = /<script type="module" src="([^"]+)"><\/script>/.exec(html) ?? [];
  const found = await imported(`${PROOF_PAGE}${script}`);
  assert.ok(found.size > 5);
  for (const [path, text] of found) {
    assert.match(path, /\.js$/);
    assert.equal(proofPage(path)?.headers.get("content-type"), "text/javascript; charset=utf-8");
    assert.doesNotMatch(text, /^(?:export )?interface |from "node:|\bimport type\b|\.ts"/m, path);
  }
});

Deno.test("the page can do nothing but verify", () => {
  const headers = proofPage(PROOF_PAGE)?.headers;
  const policy = headers?.get("content-security-policy") ?? "";
  for (
    const directive of [
      "default-src 'none'",
      "script-src 'self'",
      "connect-src 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]
  ) assert.ok(policy.split("; ").includes(directive), directive);
  assert.equal(headers?.get("x-content-type-options"), "nosniff");
  assert.equal(headers?.get("referrer-policy"), "no-referrer");
});

Deno.test("the page has no style and no script of its own in its text", async () => {
  assert.doesNotMatch(await textOf(PROOF_PAGE), /\sstyle=|<style|\son\w+=|<script>/);
});

Deno.test("without its last slash the page is elsewhere, and nothing else is there", () => {
  const moved = proofPage("/-/ui/proof");
  assert.deepEqual([moved?.status, moved?.headers.get("location")], [308, PROOF_PAGE]);
  for (const path of ["/", "/-/ui/", `${PROOF_PAGE}none.js`, `${PROOF_PAGE}../proof/`]) {
    assert.equal(proofPage(path), undefined, path);
  }
});
