import assert from "node:assert/strict";
import { CONFIG_MAP } from "../../../src/operator/kinds.ts";
import type { Credentials } from "../../../src/operator/kube/access.ts";
import { FreshCredentials } from "../../../src/operator/kube/fresh_credentials.ts";
import { configMap, json, PATIENT, REF, refusal, withClient } from "./scripted_api.ts";

const ONE = configMap("one");
const UNAUTHORIZED = refusal(401, "Unauthorized");

/** Tokens, one for each time that they are read; the last one stays. */
function tokens(...all: readonly string[]): () => Promise<Credentials> {
  let reads = 0;
  return () => Promise.resolve({ token: all[Math.min(reads++, all.length - 1)] });
}

function authorization(seen: readonly { readonly headers: Readonly<Record<string, string>> }[]) {
  return seen.map(({ headers }) => headers.authorization);
}

Deno.test("a token that is no longer accepted is read again at once, and the request repeated", async () => {
  await withClient(
    [UNAUTHORIZED, json(ONE, 201), json(ONE)],
    async (client, seen) => {
      assert.deepEqual(await client.create(CONFIG_MAP, ONE), ONE);
      await client.get(CONFIG_MAP, REF);
      assert.deepEqual(authorization(seen), ["Bearer old", "Bearer new", "Bearer new"]);
    },
    PATIENT,
    tokens("old", "new"),
  );
});

Deno.test("a token that is not accepted and has not changed is shown once", async () => {
  await withClient(
    [UNAUTHORIZED],
    async (client) => {
      await assert.rejects(client.get(CONFIG_MAP, REF), { status: 401, reason: "Unauthorized" });
    },
    PATIENT,
    tokens("same"),
  );
});

Deno.test("a newer token that is not accepted either is not the reason for a third attempt", async () => {
  await withClient(
    [UNAUTHORIZED, UNAUTHORIZED],
    async (client) => {
      await assert.rejects(client.get(CONFIG_MAP, REF), { status: 401 });
    },
    PATIENT,
    tokens("old", "new", "newest"),
  );
});

Deno.test("without a token no request has an authorization", async () => {
  await withClient(
    [json(ONE)],
    async (client, seen) => {
      await client.get(CONFIG_MAP, REF);
      assert.deepEqual(authorization(seen), [undefined]);
    },
    PATIENT,
    () => Promise.resolve({}),
  );
});

Deno.test("credentials that cannot be read leave nobody asked", async () => {
  await withClient(
    [],
    async (client) => {
      const unreadable = { name: "KubeUnreachableError", message: /cannot be read/ };
      await assert.rejects(client.get(CONFIG_MAP, REF), unreadable);
    },
    PATIENT,
    () => Promise.reject(new Error("gone")),
  );
});

Deno.test("certificates that cannot be used leave nobody asked", async () => {
  await withClient(
    [],
    async (client) => {
      const unusable = { name: "KubeUnreachableError", message: /certificates cannot be used/ };
      await assert.rejects(client.get(CONFIG_MAP, REF), unusable);
    },
    PATIENT,
    () => Promise.resolve({ certificate: { chain: "no PEM", key: "no PEM" } }),
  );
});

Deno.test("credentials are read again when they are no longer fresh", async () => {
  const stale = new FreshCredentials(tokens("a", "b"), 0);
  assert.deepEqual([await stale.current(), await stale.current()], [{ token: "a" }, {
    token: "b",
  }]);
  const fresh = new FreshCredentials(tokens("a", "b"), 60_000);
  assert.deepEqual([await fresh.current(), await fresh.current()], [{ token: "a" }, {
    token: "a",
  }]);
});

Deno.test("credentials that cannot be read again stay as they were", async () => {
  let reads = 0;
  const credentials = new FreshCredentials(
    () => reads++ === 0 ? Promise.resolve({ token: "a" }) : Promise.reject(new Error("gone")),
    0,
  );
  assert.deepEqual(await credentials.current(), { token: "a" });
  assert.deepEqual(await credentials.current(), { token: "a" });
  assert.equal(reads, 2);
});

Deno.test("credentials are read once for all who ask at the same time", async () => {
  let reads = 0;
  const credentials = new FreshCredentials(() => {
    reads++;
    return Promise.resolve({ token: "a" });
  }, 0);
  await Promise.all([credentials.current(), credentials.current(), credentials.current()]);
  assert.equal(reads, 1);
});
