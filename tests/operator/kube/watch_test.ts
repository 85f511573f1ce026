import assert from "node:assert/strict";
import { CONFIG_MAP } from "../../../src/operator/kinds.ts";
import { KubeClient } from "../../../src/operator/kube/kube_client.ts";
import type { Reply } from "../../harness/scripted_server.ts";
import { KubeHistory } from "../kube_history.ts";
import { when } from "../when.ts";
import { chunked, collect, configMap, HANG, refusal, watched, withClient } from "./scripted_api.ts";

const FROM = { namespace: "default", resourceVersion: "5" };

function line(type: string, object: unknown): string {
  return JSON.stringify({ type, object }) + "\n";
}

function changed(name: string, type = "MODIFIED"): string {
  return line(type, configMap(name));
}

function broken(reply: Reply): Reply {
  return reply.kind === "hang" ? reply : { ...reply, kind: "break" };
}

const BOOKMARK = line("BOOKMARK", { kind: "ConfigMap", metadata: { resourceVersion: "12" } });

Deno.test("a watch brings changes and bookmarks until the server ends it", async () => {
  const lines = [changed("a", "ADDED"), changed("b"), BOOKMARK, changed("a", "DELETED")];
  await withClient([chunked(lines)], async (client, seen) => {
    assert.deepEqual(await collect(client.watch(CONFIG_MAP, FROM)), {
      items: [
        { type: "BOOKMARK", resourceVersion: "5" },
        { type: "ADDED", object: configMap("a") },
        { type: "MODIFIED", object: configMap("b") },
        { type: "BOOKMARK", resourceVersion: "12" },
        { type: "DELETED", object: configMap("a") },
      ],
      error: undefined,
    });
    const { pathname, searchParams } = new URL(seen[0].target, "http://server");
    assert.equal(pathname, "/api/v1/namespaces/default/configmaps");
    const { timeoutSeconds, ...rest } = Object.fromEntries(searchParams);
    assert.deepEqual(rest, { watch: "true", allowWatchBookmarks: "true", resourceVersion: "5" });
    assert(Number(timeoutSeconds) >= 300 && Number(timeoutSeconds) <= 600);
  });
});

Deno.test("lines may come in any pieces", async () => {
  const text = changed("ä".repeat(30)) + BOOKMARK + changed("b");
  for (const size of [1, 7, 100]) {
    const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
    await withClient([chunked(pieces)], async (client) => {
      const { items, error } = await collect(client.watch(CONFIG_MAP, FROM));
      assert.deepEqual([items.length, error], [4, undefined]);
    });
  }
});

Deno.test("a version that is too old is told as 410, by the answer or in it", async () => {
  const status = { kind: "Status", code: 410, reason: "Expired", message: "too old" };
  for (const reply of [refusal(410, "Expired"), chunked([changed("a"), line("ERROR", status)])]) {
    await withClient([reply], async (client) => {
      const { error } = await collect(client.watch(CONFIG_MAP, FROM));
      const { name, status, reason } = Object(error);
      assert.deepEqual([name, status, reason], ["KubeError", 410, "Expired"]);
    });
  }
});

const FAULTS: readonly [what: string, reply: Reply, message: RegExp][] = [
  ["never begins", HANG, /nothing came within 500 ms/],
  ["is cut off within a line", watched(changed("a") + '{"type":', "break"), /within a line/],
  ["is broken off between lines", broken(chunked([changed("a")], false)), /body/],
  ["has a line that is no JSON", chunked(["ok\n"]), /no JSON/],
  ["has an event of an unknown type", chunked([changed("a", "RENAMED")]), /no sense/],
  ["has an object without a name", chunked([line("ADDED", { metadata: {} })]), /no sense/],
  [
    "has a line that never ends",
    chunked(["x".repeat(8 * 1_024 * 1_024 + 1)], false),
    /longer than/,
  ],
];

for (const [what, reply, message] of FAULTS) {
  Deno.test(`a watch that ${what} has failed`, async () => {
    await withClient([reply], async (client) => {
      const { error } = await collect(client.watch(CONFIG_MAP, FROM));
      assert.equal(Object(error).name, "KubeUnreachableError");
      assert.match(Object(error).message, message);
    }, { call: 500 });
  });
}

Deno.test("a watch on which nothing comes any more is over, and has not failed", async () => {
  await withClient([chunked([changed("a")], false)], async (client) => {
    const { items, error } = await collect(client.watch(CONFIG_MAP, FROM));
    assert.deepEqual([items.length, error], [2, undefined]);
  }, { watch: { silence: 50 } });
});

Deno.test("a watch is over with the reason of a caller that gives up", async () => {
  const controller = new AbortController();
  await withClient([chunked([changed("a")], false)], async (client) => {
    const { signal } = controller;
    const events = client.watch(CONFIG_MAP, FROM, { signal })[Symbol.asyncIterator]();
    await events.next();
    await events.next();
    const next = events.next();
    controller.abort(new Error("over"));
    await assert.rejects(Promise.resolve(next), /over/);
  });
});

Deno.test("a watch that nobody looks at any more is closed, however far it was looked at", async () => {
  await using history = await KubeHistory.start();
  const endpoint = new URL(history.url).host;
  const credentials = () => Promise.resolve({});
  using client = new KubeClient({ server: history.url, endpoint, readFiles: [], credentials });
  history.put("a");
  for (const last of ["BOOKMARK", "ADDED"]) {
    for await (const { type } of client.watch(CONFIG_MAP, { resourceVersion: "1" })) {
      assert.equal(history.watches, 1);
      if (type === last) break;
    }
    await when(() => history.watches === 0);
  }
});
