import assert from "node:assert/strict";
import { CONFIG_MAP } from "../../../src/operator/kinds.ts";
import { answer } from "../../harness/scripted_server.ts";
import { configMap, CUT, HANG, json, refusal, withClient } from "./scripted_api.ts";

const EXPIRED = refusal(410, "Expired");

function page(names: readonly string[], rest?: string) {
  const items = names.map((name) => {
    const { metadata, data } = configMap(name);
    return { metadata, data };
  });
  return json({ kind: "ConfigMapList", metadata: { resourceVersion: "9", continue: rest }, items });
}

Deno.test("a list is read page by page, each with what the one before says", async () => {
  await withClient(
    [page(["a", "b"], "r 1"), page(["c"], "r2"), page([], "")],
    async (client, seen) => {
      const listed = await client.list(CONFIG_MAP, {
        namespace: "n",
        labelSelector: "app in (x,y)",
      });
      assert.deepEqual(listed.items.map(({ metadata }) => metadata.name), ["a", "b", "c"]);
      assert.equal(listed.resourceVersion, "9");
      const asked = "/api/v1/namespaces/n/configmaps?labelSelector=app+in+%28x%2Cy%29&limit=500";
      assert.deepEqual(seen.map(({ target }) => target), [
        asked,
        `${asked}&continue=r+1`,
        `${asked}&continue=r2`,
      ]);
    },
  );
});

Deno.test("objects of a list know their kind, which a server leaves out", async () => {
  await withClient([page(["a"])], async (client, seen) => {
    const { items: [object] } = await client.list(CONFIG_MAP);
    assert.deepEqual(object, configMap("a"));
    assert.equal(seen[0].target, "/api/v1/configmaps?limit=500");
  });
});

Deno.test("a list that the server forgets in the middle is begun again", async () => {
  const script = [page(["old"], "r"), EXPIRED, page(["a"], "s"), page(["b"])];
  await withClient(script, async (client) => {
    const { items } = await client.list(CONFIG_MAP);
    assert.deepEqual(items.map(({ metadata }) => metadata.name), ["a", "b"]);
  });
});

Deno.test("a list that the server forgets twice is given up", async () => {
  await withClient([page(["a"], "r"), EXPIRED, page(["a"], "r"), EXPIRED], async (client) => {
    await assert.rejects(client.list(CONFIG_MAP), { name: "KubeError", reason: "Expired" });
  });
});

Deno.test("a list that is refused in the middle is not begun again", async () => {
  await withClient([page(["a"], "r"), refusal(403, "Forbidden")], async (client) => {
    await assert.rejects(client.list(CONFIG_MAP), { reason: "Forbidden" });
  });
});

Deno.test("a page is asked for once more where the connection breaks", async () => {
  await withClient([page(["a"], "r"), CUT, page(["b"])], async (client) => {
    assert.equal((await client.list(CONFIG_MAP)).items.length, 2);
  });
});

Deno.test("a list with a page that is too long is begun again with smaller ones", async () => {
  const long = page(["x".repeat(34 * 1_024 * 1_024)]);
  await withClient(
    [page(["old"], "r"), long, page(["a"], "s"), page(["b"])],
    async (client, seen) => {
      const { items } = await client.list(CONFIG_MAP);
      assert.deepEqual(items.map(({ metadata }) => metadata.name), ["a", "b"]);
      assert.deepEqual(seen.map(({ target }) => target.replace(/.*\?/, "")), [
        "limit=500",
        "limit=500&continue=r",
        "limit=10",
        "limit=10&continue=s",
      ]);
    },
  );
});

Deno.test("a list has one bound for all of its pages", async () => {
  await withClient([page(["a"], "r"), HANG], async (client) => {
    await assert.rejects(client.list(CONFIG_MAP), { message: /within 200 ms/ });
  }, { list: 200 });
});

Deno.test("a list that makes no sense is none", async () => {
  const nonsense = [
    answer(200, {}, "ok"),
    json(configMap("a")),
    json({ metadata: {}, items: [] }),
    json({ metadata: { resourceVersion: "1" }, items: [{}] }),
    json({ metadata: { resourceVersion: "1" }, items: [{ ...configMap("a"), kind: "Secret" }] }),
  ];
  for (const reply of nonsense) {
    await withClient([reply], async (client) => {
      await assert.rejects(client.list(CONFIG_MAP), { name: "KubeUnreachableError" });
    });
  }
});

Deno.test("a list of nothing is empty, however the server writes that", async () => {
  for (const items of [[], null]) {
    await withClient([json({ metadata: { resourceVersion: "1" }, items })], async (client) => {
      assert.deepEqual(await client.list(CONFIG_MAP), { items: [], resourceVersion: "1" });
    });
  }
});
