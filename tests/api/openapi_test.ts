import assert from "node:assert/strict";
import { Hono } from "hono";
import { z } from "zod";
import { says } from "../../src/api/described.ts";
import type { ApiEnvironment } from "../../src/api/environment.ts";
import { openApiDocument } from "../../src/api/openapi/document.ts";
import { OPERATION_TEXTS } from "../../src/api/openapi/operations.ts";
import { apiRoutesOf } from "../../src/api/openapi/route_table.ts";
import { evidenceRoutes } from "../../src/api/evidence/routes.ts";
import { ServedLog } from "../../src/api/log/served_log.ts";
import { describedOperations } from "./described_operations.ts";
import { serveEvidence } from "./evidence_endpoint.ts";

Deno.test("every operation is described, and every description is of an operation", async () => {
  await using endpoint = await serveEvidence();
  const described = await describedOperations(endpoint.origin);
  const operations = described.map(({ operation }) => operation.operationId);
  assert.deepEqual([...operations].sort(), Object.keys(OPERATION_TEXTS).sort());
});

Deno.test("there is no route beside the operations but pages and refusals", async () => {
  await using endpoint = await serveEvidence();
  await using log = new ServedLog({
    open: () => {
      throw new Error("is not asked");
    },
    hashVersion: "v1",
  });
  const { routes } = evidenceRoutes({ store: endpoint.store, log });
  const described = new Set(
    (await describedOperations(endpoint.origin)).map(({ method, path }) => `${method} ${path}`),
  );
  for (const { method, path } of routes) {
    const place = `${method} ${path.replaceAll(/\/:(\w+)/g, "/{$1}")}`;
    assert.ok(method === "ALL" || described.has(place), place);
  }
});

Deno.test("links lead to operations, with parameters that these have", async () => {
  await using endpoint = await serveEvidence();
  const described = await describedOperations(endpoint.origin);
  const parameters = new Map(
    described.map(({ operation }) => [
      operation.operationId,
      new Set(operation.parameters.map(({ name }) => name)),
    ]),
  );
  const LINKS = z.record(
    z.string(),
    z.object({ operationId: z.string(), parameters: z.record(z.string(), z.string()) }),
  );
  for (const { operation } of described) {
    for (const { links = {} } of Object.values(operation.responses)) {
      for (const { operationId, parameters: given } of Object.values(LINKS.parse(links))) {
        for (const name of Object.keys(given)) {
          assert.ok(parameters.get(operationId)?.has(name), `${operationId} has no ${name}`);
        }
      }
    }
  }
});

/** Every object in JSON. */
function* objectsIn(json: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (typeof json !== "object" || json === null) return;
  if (!Array.isArray(json)) yield { ...json };
  for (const value of Object.values(json)) yield* objectsIn(value);
}

Deno.test("a default is of the type that it is a default for", async () => {
  await using endpoint = await serveEvidence();
  const document = await (await fetch(`${endpoint.origin}/-/api/v1/openapi.json`)).json();
  const types = { integer: "number", string: "string" };
  let count = 0;
  for (const schema of objectsIn(document)) {
    const { default: value, type } = schema;
    if (value === undefined || type !== "integer" && type !== "string") continue;
    assert.equal(typeof value, types[type], JSON.stringify(schema));
    count++;
  }
  assert.ok(count > 0);
});

Deno.test("an operation that nobody has described is noticed", () => {
  const app = new Hono<ApiEnvironment>();
  app.get("/x", says(() => new Response(), { operation: "Undescribed" }));
  assert.throws(() => openApiDocument(apiRoutesOf(app), OPERATION_TEXTS), /Undescribed/);
});
