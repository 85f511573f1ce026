import assert from "node:assert/strict";
import { CONFIG_MAP, DEPLOYMENT } from "../../../src/operator/kinds.ts";
import type { KubeClient } from "../../../src/operator/kube/kube_client.ts";
import { KubeError, KubeUnreachableError } from "../../../src/operator/kube/kube_error.ts";
import { answer, type Reply } from "../../harness/scripted_server.ts";
import { configMap, CUT, HANG, json, NODE, REF, refusal, withClient } from "./scripted_api.ts";

const ONE = configMap("one");
const PATH = "/api/v1/namespaces/default/configmaps";
const MANAGER = { fieldManager: "hold fast" };

/** Every verb that reads or writes one object, and what goes over the wire for it. */
const CALLS: readonly {
  readonly verb: string;
  readonly call: (client: KubeClient, signal?: AbortSignal) => Promise<unknown>;
  readonly sends: readonly [method: string, target: string, type?: string];
}[] = [
  {
    verb: "get",
    call: (client, signal) => client.get(CONFIG_MAP, REF, { signal }),
    sends: ["GET", `${PATH}/one`],
  },
  {
    verb: "create",
    call: (client, signal) => client.create(CONFIG_MAP, ONE, { signal }),
    sends: ["POST", PATH, "application/json"],
  },
  {
    verb: "replace",
    call: (client, signal) => client.replace(CONFIG_MAP, ONE, { signal }),
    sends: ["PUT", `${PATH}/one`, "application/json"],
  },
  {
    verb: "apply",
    call: (client, signal) => client.apply(CONFIG_MAP, ONE, { ...MANAGER, force: true, signal }),
    sends: [
      "PATCH",
      `${PATH}/one?fieldManager=hold+fast&force=true`,
      "application/apply-patch+yaml",
    ],
  },
  {
    verb: "applyStatus",
    call: (client, signal) =>
      client.applyStatus(CONFIG_MAP, { ...ONE, status: {} }, { ...MANAGER, signal }),
    sends: [
      "PATCH",
      `${PATH}/one/status?fieldManager=hold+fast&force=false`,
      "application/apply-patch+yaml",
    ],
  },
  {
    verb: "delete",
    call: (client, signal) => client.delete(CONFIG_MAP, REF, { signal }),
    sends: ["DELETE", `${PATH}/one`, "application/json"],
  },
];

const WRITES = CALLS.filter(({ verb }) => verb !== "get");

for (const { verb, call, sends: [method, target, type] } of CALLS) {
  Deno.test(`${verb} sends one request, with the token, and wants no compression`, async () => {
    await withClient([json(ONE)], async (client, seen) => {
      await call(client);
      const [{ headers, body, ...line }] = seen;
      assert.deepEqual({ method: line.method, target: line.target }, { method, target });
      assert.equal(headers["content-type"], type);
      assert.equal(headers.authorization, "Bearer secret-token");
      assert.equal(headers["accept-encoding"], "identity");
      const sent = type && JSON.parse(new TextDecoder().decode(body));
      assert.deepEqual(
        sent?.metadata,
        method === "GET" || method === "DELETE" ? undefined : ONE.metadata,
      );
    });
  });

  Deno.test(`${verb} to a server that does not answer ends in time`, async () => {
    await withClient([HANG], async (client) => {
      await assert.rejects(call(client), { name: "KubeUnreachableError", message: /within 50 ms/ });
    }, { call: 50 });
  });

  Deno.test(`${verb} ends with the reason of a caller that gives up`, async () => {
    const controller = new AbortController();
    const reason = new Error("no longer needed");
    const giveUp = (): Reply => {
      controller.abort(reason);
      return HANG;
    };
    await withClient(giveUp, async (client) => {
      await assert.rejects(call(client, controller.signal), reason);
    });
  });
}

for (const { verb, call } of WRITES) {
  Deno.test(`${verb} is not sent again when the server fails or the connection breaks`, async () => {
    for (const reply of [refusal(500, "InternalError"), CUT]) {
      await withClient([json(ONE), json(ONE), reply], async (client, seen) => {
        // The runtime sends requests again by itself on connections that were used before.
        await client.get(CONFIG_MAP, REF);
        await call(client);
        await assert.rejects(call(client));
        assert.equal(seen.length, 3);
      });
    }
  });
}

Deno.test("what reads is sent once more when the server fails or the connection breaks", async () => {
  const passing = [refusal(500, "InternalError"), answer(502, {}, "<html>"), CUT];
  for (const reply of passing) {
    await withClient([reply, json(ONE)], async (client) => {
      assert.deepEqual(await client.get(CONFIG_MAP, REF), ONE);
    });
    await withClient([reply, reply], async (client, seen) => {
      await assert.rejects(client.get(CONFIG_MAP, REF));
      assert.equal(seen.length, 2);
    });
  }
});

Deno.test("what reads is not sent again when the server asks for patience or refuses", async () => {
  const final = [
    refusal(503, "ServiceUnavailable", { "retry-after": "1" }),
    refusal(429, "TooManyRequests", { "retry-after": "1" }),
    refusal(403, "Forbidden"),
  ];
  for (const reply of final) {
    await withClient([reply], async (client, seen) => {
      await assert.rejects(client.get(CONFIG_MAP, REF), KubeError);
      assert.equal(seen.length, 1);
    });
  }
});

Deno.test("a refusal says its status, its reason, and how much patience is asked for", async () => {
  const inBody = JSON.stringify({
    kind: "Status",
    code: 429,
    reason: "TooManyRequests",
    message: "later",
    details: { retryAfterSeconds: 3 },
  });
  const cases: readonly [Reply, Partial<KubeError>][] = [
    [refusal(409, "Conflict"), { status: 409, reason: "Conflict", retryAfter: undefined }],
    [refusal(422, "Invalid"), { status: 422, reason: "Invalid", message: "no" }],
    [
      refusal(429, "TooManyRequests", { "retry-after": "2" }),
      { reason: "TooManyRequests", retryAfter: 2_000 },
    ],
    [answer(429, {}, inBody), { message: "later", retryAfter: 3_000 }],
    [refusal(503, "X", { "retry-after": "Wed, 21 Oct 2026 07:28:00 GMT" }), {
      retryAfter: undefined,
    }],
    [answer(502, {}, "<html>bad gateway</html>"), { status: 502, reason: "Unknown" }],
    [answer(307, { location: "http://127.0.0.1:1/" }), { status: 307, reason: "Unknown" }],
  ];
  for (const [reply, expected] of cases) {
    await withClient([reply], async (client) => {
      const error: unknown = await client.create(CONFIG_MAP, ONE).catch((error) => error);
      assert(error instanceof KubeError);
      for (const [field, value] of Object.entries(expected)) {
        assert.equal(Reflect.get(error, field), value);
      }
    });
  }
});

Deno.test("what is not there is undefined, and was not there to delete", async () => {
  await withClient([refusal(404, "NotFound"), refusal(404, "NotFound")], async (client) => {
    assert.equal(await client.get(CONFIG_MAP, REF), undefined);
    assert.equal(await client.delete(CONFIG_MAP, REF), false);
  });
});

Deno.test("a kind that the server does not know is something else than an object that is not there", async () => {
  const unknown = answer(404, {}, "404 page not found\n");
  await withClient([unknown, unknown], async (client) => {
    const expected = { name: "KubeError", status: 404, message: /404 page not found/ };
    await assert.rejects(client.get(CONFIG_MAP, REF), expected);
    await assert.rejects(client.delete(CONFIG_MAP, REF), expected);
  });
});

Deno.test("an apply tells by the status whether the object is new", async () => {
  await withClient([json(ONE, 201), json(ONE, 200)], async (client) => {
    assert.equal((await client.apply(CONFIG_MAP, ONE, MANAGER)).isCreated, true);
    assert.equal((await client.apply(CONFIG_MAP, ONE, MANAGER)).isCreated, false);
  });
});

Deno.test("an answer that makes no sense is no object", async () => {
  const nonsense = [
    answer(200, {}, "<html>"),
    answer(200),
    json([]),
    json({ kind: "ConfigMap" }),
    json({ ...ONE, metadata: { name: 1 } }),
    json({ ...ONE, kind: "Secret" }),
    answer(200, {}, JSON.stringify({ ...ONE, data: { key: "x".repeat(8 * 1_024 * 1_024) } })),
  ];
  for (const reply of nonsense) {
    await withClient([reply], async (client) => {
      await assert.rejects(client.create(CONFIG_MAP, ONE), KubeUnreachableError);
    });
  }
});

Deno.test("names that are no segment of a path are refused before anything is sent", async () => {
  await withClient([], async (client) => {
    const refused = { name: "KubeError", status: 400, reason: "BadRequest" };
    for (const name of ["", ".", "..", "a/b", "../secrets/x", "a%2fb", "\ud800"]) {
      await assert.rejects(client.get(CONFIG_MAP, { ...REF, name }), refused, name);
      await assert.rejects(client.get(CONFIG_MAP, { ...REF, namespace: name }), refused, name);
    }
    await assert.rejects(client.get(CONFIG_MAP, { name: "one" }), refused);
    await assert.rejects(client.get(NODE, REF), refused);
  });
});

Deno.test("paths have the group, the namespace and the encoded name", async () => {
  const at = (name: string) => json({ metadata: { name } });
  await withClient([at("a"), at("b")], async (client, seen) => {
    await client.get(DEPLOYMENT, { namespace: "n", name: "a?b#c d:e" });
    await client.get(NODE, { name: "node" });
    assert.deepEqual(seen.map(({ target }) => target), [
      "/apis/apps/v1/namespaces/n/deployments/a%3Fb%23c%20d%3Ae",
      "/api/v1/nodes/node",
    ]);
  });
});

Deno.test("the text of any path can be read, and a refusal has it too", async () => {
  await withClient([answer(200, {}, "ok"), answer(403, {}, "not you")], async (client, seen) => {
    assert.equal(await client.getText("/readyz?verbose"), "ok");
    assert.equal(seen[0].target, "/readyz?verbose");
    await assert.rejects(client.getText("/metrics"), { status: 403, message: /not you/ });
  });
});

Deno.test("what is no path is not read, wherever it would lead", async () => {
  await withClient([], async (client) => {
    for (const path of ["", "readyz", "@127.0.0.1:1/readyz", ".example.com/"]) {
      await assert.rejects(client.getText(path), { status: 400, reason: "BadRequest" });
    }
  });
});

Deno.test("nobody is asked for a caller that has given up already", async () => {
  await withClient([], async (client) => {
    const signal = AbortSignal.abort(new Error("over"));
    for (const { call } of CALLS) await assert.rejects(call(client, signal), /over/);
  });
});

Deno.test("faults do not tell the token", async () => {
  await withClient([answer(500, {}, "x"), CUT], async (client) => {
    for (let each = 0; each < 2; each++) {
      const error: unknown = await client.create(CONFIG_MAP, ONE).catch((error) => error);
      assert(error instanceof Error);
      assert.doesNotMatch(Deno.inspect(error, { depth: 9 }), /secret-token/);
    }
  });
});
