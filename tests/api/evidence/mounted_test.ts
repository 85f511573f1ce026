import assert from "node:assert/strict";
import { Hono } from "hono";
import type { Actor } from "../../../src/api/caller.ts";
import { evidenceRoutes } from "../../../src/api/evidence/routes.ts";
import { ServedLog } from "../../../src/api/log/served_log.ts";
import type { Scope } from "../../../src/api/scopes.ts";
import { openLog } from "../../../src/eventlog/open_log.ts";
import { serveEvidence } from "../evidence_endpoint.ts";

/** An app of somebody else, which takes a header's word for who sends a request. */
async function inAnotherApp(
  run: (ask: (path: string, as?: Scope, body?: unknown) => Promise<Response>) => Promise<void>,
): Promise<void> {
  await using endpoint = await serveEvidence();
  await using log = new ServedLog({
    open: () => openLog({ kind: "file", path: endpoint.path }, {}),
    hashVersion: "v1",
  });
  const app = new Hono<{ Variables: { actor: Actor } }>();
  app.use(async (context, next) => {
    const scope = context.req.header("x-scope");
    // The header is the test's own.
    if (scope !== undefined) {
      context.set("actor", { name: "host", scopes: new Set([scope as Scope]) });
    }
    await next();
  });
  app.get("/of-the-host", (context) => context.text("still there"));
  app.route("/", evidenceRoutes({ store: endpoint.store, log }));
  await run(async (path, as, body) =>
    await app.request(path, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        ...as === undefined ? {} : { "x-scope": as },
        ...body === undefined ? {} : { "content-type": "application/json" },
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  );
}

const BODY = { decision_id: "d", evidence_data: { x: 1 } };

Deno.test("another app of Hono serves evidence to whom it has let in", async () => {
  await inAnotherApp(async (ask) => {
    const stored = await ask("/-/api/v1/evidence", "evidence:write", BODY);
    assert.equal(stored.status, 201, await stored.clone().text());
    assert.equal((await stored.json()).seq, 0);
    const read = await ask("/-/api/v1/evidence/d", "evidence:read");
    assert.deepEqual((await read.json()).evidence_data, BODY.evidence_data);
    const history = await (await ask("/-/api/v1/evidence/d/history", "evidence:read")).json();
    assert.equal(history.events[0].event.payload.actor, "host");
    assert.equal(await (await ask("/of-the-host")).text(), "still there");
  });
});

Deno.test("in another app, whom nobody has let in is refused, and so is who may not", async () => {
  await inAnotherApp(async (ask) => {
    for (const body of [undefined, BODY]) {
      const answer = await ask("/-/api/v1/evidence", undefined, body);
      assert.deepEqual([answer.status, (await answer.json()).code], [401, "unauthorized"]);
    }
    const answer = await ask("/-/api/v1/evidence", "evidence:read", BODY);
    assert.deepEqual([answer.status, (await answer.json()).code], [403, "forbidden"]);
    const wrongMethod = await ask("/-/api/v1/evidence/d/hold", "admin", BODY);
    assert.equal(wrongMethod.status, 405);
    assert.equal(wrongMethod.headers.get("allow"), "DELETE, GET, HEAD, PUT");
    await wrongMethod.body?.cancel();
  });
});
