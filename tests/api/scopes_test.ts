import assert from "node:assert/strict";
import { accessOf, allows } from "../../src/api/scopes.ts";
import { ApiTokens } from "../../src/api/api_tokens.ts";
import { SCOPES } from "../../src/config/scopes.ts";
import { credentials } from "../s3api/endpoint.ts";
import { type EvidenceEndpoint, send, serveEvidence } from "./evidence_endpoint.ts";
import { describedOperations } from "./described_operations.ts";

/** A server with a token for each scope, whose name is the scope's, and one without any. */
function serve(): Promise<EvidenceEndpoint> {
  return serveEvidence({
    credentials: credentials([]),
    tokens: [...SCOPES, "nothing"].map((name) => ({
      name,
      token: `token/${name.replace(":", "-")}`,
    })),
    grants: SCOPES.map((scope) => ({ name: scope, scopes: [scope] })),
  });
}

function bearer(name: string) {
  return { authorization: `Bearer token/${name.replace(":", "-")}` };
}

Deno.test("every operation takes the scope that the document says, and admin may do all", async (t) => {
  await using endpoint = await serve();
  for (const { method, operation, url } of await describedOperations(endpoint.origin)) {
    const [needed] = Object.values(operation.security[0] ?? {}).flat();
    if (needed === undefined) continue;
    await t.step(`${operation.operationId} takes ${needed}`, async () => {
      for (const name of [...SCOPES, "nothing"]) {
        const { status, text } = await send(method, url, undefined, bearer(name));
        const isRefused = status === 403 && JSON.parse(text).code === "forbidden";
        assert.equal(isRefused, name !== needed && name !== "admin", `${name}: ${text}`);
      }
      assert.equal((await send(method, url)).status, 401);
    });
  }
});

Deno.test("whom nobody has granted anything may do nothing", () => {
  const access = accessOf([{ name: "reader", scopes: ["evidence:read"] }]);
  assert.ok(allows(access.scopesOf("reader"), "evidence:read"));
  assert.ok(!allows(access.scopesOf("reader"), "evidence:write"));
  for (const scope of SCOPES) assert.ok(!allows(access.scopesOf("__proto__"), scope));
});

Deno.test("a token is known by all of it, and is nobody's otherwise", () => {
  const tokens = new ApiTokens([{ name: "a", token: "first" }, { name: "b", token: "second" }]);
  assert.equal(tokens.nameOf("first"), "a");
  assert.equal(tokens.nameOf("second"), "b");
  for (const wrong of ["", "firs", "first ", "FIRST", "firstsecond"]) {
    assert.equal(tokens.nameOf(wrong), undefined, wrong);
  }
});
