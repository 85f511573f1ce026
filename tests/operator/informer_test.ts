import assert from "node:assert/strict";
import fc from "fast-check";
import { Informer, type InformerOptions } from "../../src/operator/informer.ts";
import { CONFIG_MAP } from "../../src/operator/kinds.ts";
import { KubeClient, type KubeLimits } from "../../src/operator/kube/kube_client.ts";
import { KubeHistory } from "./kube_history.ts";
import { when } from "./when.ts";

type ConfigMaps = Informer<NonNullable<typeof CONFIG_MAP.object>>;

/** An informer that runs, and what it tells. */
interface Informed {
  readonly informer: ConfigMaps;
  /** Versions as those see it who look whenever they are told to. */
  readonly seen: Readonly<Record<string, string>>;
  readonly told: readonly string[];
  readonly errors: readonly unknown[];
}

const QUICK = { leastDelay: 0, baseDelay: 1, maxDelay: 4, random: Math.random };

/** Runs a test with an informer of a server. */
async function withInformer(
  run: (history: KubeHistory, informed: Informed) => Promise<void>,
  prepare: (history: KubeHistory) => void = () => {},
  { limits, patience = QUICK }: {
    readonly limits?: KubeLimits;
    readonly patience?: InformerOptions["patience"];
  } = {},
): Promise<void> {
  await using history = await KubeHistory.start();
  prepare(history);
  using client = clientOf(history, limits);
  const [seen, told, errors]: [Record<string, string>, string[], unknown[]] = [{}, [], []];
  const informer: ConfigMaps = new Informer(client, CONFIG_MAP, {
    selection: { namespace: "default" },
    patience,
    onChange({ namespace, name }) {
      told.push(name);
      const version = informer.get({ namespace, name })?.metadata.resourceVersion;
      if (version === undefined) delete seen[name];
      else seen[name] = version;
    },
    onError: (error) => errors.push(error),
  });
  const controller = new AbortController();
  const running = informer.run(controller.signal);
  try {
    await run(history, { informer, seen, told, errors });
  } finally {
    controller.abort();
    await running;
  }
}

function clientOf({ url }: KubeHistory, limits?: KubeLimits): KubeClient {
  const endpoint = new URL(url).host;
  const credentials = () => Promise.resolve({});
  return new KubeClient({ server: url, endpoint, readFiles: [], credentials }, limits);
}

function names(informer: ConfigMaps): readonly string[] {
  return informer.all().map(({ metadata }) => metadata.name);
}

Deno.test("an informer knows what is there, and follows what changes", async () => {
  const prepare = (history: KubeHistory) => ["a", "b"].forEach((name) => history.put(name));
  await withInformer(async (history, { informer, seen, told }) => {
    assert.equal(informer.hasSynced, false);
    assert.equal(informer.sinceContact, Infinity);
    await when(() => history.watches === 1);
    assert.equal(informer.hasSynced, true);
    assert(Number.isFinite(informer.sinceContact));
    assert.deepEqual([names(informer), told], [["a", "b"], ["a", "b"]]);
    history.put("c");
    history.put("a");
    history.remove("b");
    await when(() => told.length === 5);
    assert.deepEqual(told.slice(2), ["c", "a", "b"]);
    assert.deepEqual(names(informer), ["a", "c"]);
    assert.equal(informer.get({ namespace: "default", name: "b" }), undefined);
    assert.deepEqual(seen, history.versions);
  }, prepare);
});

Deno.test("after a broken watch it goes on where it was, and lists nothing again", async () => {
  await withInformer(async (history, { told, errors }) => {
    await when(() => history.watches === 1);
    history.put("a");
    await when(() => told.length === 1);
    history.breakWatches();
    await when(() => history.watches === 1);
    history.put("b");
    await when(() => told.length === 2);
    assert.deepEqual(history.asked, ["list", "watch 1", "watch 2"]);
    assert.equal(errors.length, 1);
  });
});

Deno.test("it goes on at the last bookmark", async () => {
  await withInformer(async (history, { told }) => {
    await when(() => history.watches === 1);
    history.compact();
    history.bookmark();
    history.endWatches();
    await when(() => history.watches === 1);
    history.put("a");
    await when(() => told.length === 1);
    assert.deepEqual(history.asked, ["list", "watch 1", "watch 2"]);
  });
});

Deno.test("a version that the server has forgotten is no fault: it lists again, and tells what went away", async () => {
  const prepare = (history: KubeHistory) =>
    ["same", "gone", "other"].forEach((name) => history.put(name));
  await withInformer(async (history, { informer, told, errors, seen }) => {
    await when(() => history.watches === 1);
    history.endWatches();
    history.remove("gone");
    history.put("other");
    history.put("new");
    history.compact();
    await when(() => history.watches === 1 && told.length === 6);
    assert.deepEqual(told.slice(3), ["gone", "other", "new"]);
    assert.deepEqual([names(informer), seen], [["same", "other", "new"], history.versions]);
    assert.deepEqual(errors, []);
  }, prepare);
});

Deno.test("a server that has nothing to tell is asked again, and that is no fault", async () => {
  await withInformer(
    async (history, { informer, errors }) => {
      await when(() => history.asked.length > 4);
      assert.deepEqual(history.asked.slice(0, 4), ["list", "watch 1", "watch 1", "watch 1"]);
      assert(Number.isFinite(informer.sinceContact));
      assert.deepEqual(errors, []);
    },
    undefined,
    { limits: { watch: { silence: 10 } } },
  );
});

Deno.test("a watch may last longer than a call", async () => {
  await withInformer(
    async (history, { told }) => {
      await when(() => history.watches === 1);
      await new Promise((resolve) => setTimeout(resolve, 400));
      history.put("a");
      await when(() => told.length === 1);
      assert.deepEqual(history.asked, ["list", "watch 1"]);
    },
    undefined,
    { limits: { call: 200 } },
  );
});

Deno.test("what fails is told and tried again, until it works", async () => {
  const refusal = { status: 403, reason: "Forbidden" };
  const prepare = (history: KubeHistory) => {
    history.refuseNext("list", refusal);
    history.refuseNext("list", refusal);
    history.refuseNext("watch", refusal);
  };
  await withInformer(async (history, { errors }) => {
    await when(() => history.watches === 1);
    assert.deepEqual(history.asked, ["list", "list", "list", "watch 1", "list", "watch 1"]);
    assert.deepEqual(errors.map((error) => Object(error).reason), Array(3).fill("Forbidden"));
  }, prepare);
});

Deno.test("a server that is busy is not asked for everything again", async () => {
  const prepare = (history: KubeHistory) => {
    history.refuseNext("watch", { status: 429, reason: "TooManyRequests" });
    history.refuseNext("watch", { status: 503, reason: "ServiceUnavailable" });
  };
  await withInformer(async (history) => {
    await when(() => history.watches === 1);
    assert.deepEqual(history.asked, ["list", "watch 1", "watch 1", "watch 1"]);
  }, prepare);
});

Deno.test("a server that asks for patience gets it", async () => {
  const prepare = (history: KubeHistory) =>
    history.refuseNext("list", { status: 429, reason: "TooManyRequests", retryAfter: 1 });
  await withInformer(async (history) => {
    await when(() => history.asked.length === 1);
    const asked = performance.now();
    await when(() => history.asked.length > 1);
    // Timers may be a little early.
    assert(performance.now() - asked > 900);
  }, prepare);
});

Deno.test("waits grow while no watch begins", async () => {
  const prepare = (history: KubeHistory) => {
    for (let each = 0; each < 4; each++) {
      history.refuseNext("watch", { status: 503, reason: "ServiceUnavailable" });
    }
  };
  const patience = { leastDelay: 0, baseDelay: 20, maxDelay: 1_000, random: () => 1 };
  await withInformer(
    async (history) => {
      await when(() => history.asked.length > 0);
      const asked = performance.now();
      await when(() => history.watches === 1);
      // 20 + 40 + 80 + 160, and timers may be a little early.
      assert(performance.now() - asked > 280);
    },
    prepare,
    { patience },
  );
});

Deno.test("waits begin anew after a watch that lasted", async () => {
  const prepare = (history: KubeHistory) => {
    for (let each = 0; each < 20; each++) {
      history.refuseNext("watch", { status: 503, reason: "ServiceUnavailable" });
    }
  };
  let share = 0;
  const patience = { leastDelay: 0, baseDelay: 1, maxDelay: 3_600_000, random: () => share };
  await withInformer(
    async (history, { told }) => {
      await when(() => history.watches === 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      // A wait after twenty failures would be ten minutes by now.
      share = 1;
      history.breakWatches();
      await when(() => history.watches === 1);
      history.put("a");
      await when(() => told.length === 1);
    },
    prepare,
    { patience },
  );
});

Deno.test("nothing is waited for after a watch that lasted and ended well", async () => {
  let waits = 0;
  const patience = { ...QUICK, random: () => waits++ };
  await withInformer(
    async (history) => {
      await when(() => history.watches === 1);
      await new Promise((resolve) => setTimeout(resolve, 20));
      history.endWatches();
      await when(() => history.watches === 1);
      assert.equal(waits, 0);
    },
    undefined,
    { patience },
  );
});

Deno.test("it stops when it is told to, also while it waits for its next attempt", async () => {
  await using history = await KubeHistory.start();
  history.refuseNext("list", { status: 403, reason: "Forbidden" });
  using client = clientOf(history);
  const patience = { ...QUICK, leastDelay: 60_000, baseDelay: 60_000, maxDelay: 60_000 };
  const controller = new AbortController();
  const failed = Promise.withResolvers<unknown>();
  const informer = new Informer(client, CONFIG_MAP, {
    patience,
    onChange() {},
    onError: failed.resolve,
  });
  const running = informer.run(controller.signal);
  await failed.promise;
  controller.abort();
  await running;
  assert.equal(history.asked.length, 1);
});

const name = fc.constantFrom("a", "b", "c", "d");
const refusal = fc.constantFrom(
  { status: 410, reason: "Expired" },
  { status: 429, reason: "TooManyRequests" },
  { status: 500, reason: "InternalError" },
  { status: 403, reason: "Forbidden" },
);

/** Something that happens to a server. */
type Happening = (history: KubeHistory) => void | Promise<void>;

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 6, arbitrary: name.map((name): Happening => (history) => history.put(name)) },
  { weight: 3, arbitrary: name.map((name): Happening => (history) => history.remove(name)) },
  { weight: 2, arbitrary: fc.constant<Happening>((history) => history.breakWatches()) },
  fc.constant<Happening>((history) => history.endWatches()),
  fc.constant<Happening>((history) => history.compact()),
  fc.constant<Happening>((history) => history.bookmark()),
  fc.tuple(fc.constantFrom("list" as const, "watch" as const), refusal).map(
    ([what, refusal]): Happening => (history) => history.refuseNext(what, refusal),
  ),
  {
    weight: 4,
    arbitrary: fc.nat({ max: 5 }).map((pause): Happening => () =>
      new Promise((resolve) => setTimeout(resolve, pause))
    ),
  },
);

Deno.test("whatever happens, those who look whenever they are told to come to know what is there", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 40 }), async (happenings) => {
      await withInformer(async (history, { informer, seen }) => {
        for (const happen of happenings) await happen(history);
        const expected = JSON.stringify(Object.entries(history.versions).sort());
        await when(() => JSON.stringify(Object.entries(seen).sort()) === expected);
        const cached = informer.all().map(({ metadata }) =>
          [metadata.name, metadata.resourceVersion] as const
        );
        assert.deepEqual(Object.fromEntries(cached), history.versions);
      });
    }),
    { numRuns: 100 },
  );
});
