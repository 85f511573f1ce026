import assert from "node:assert/strict";
import { join } from "node:path";
import { UsageError } from "../../src/cli/command.ts";
import { type CompanionPlan, companionPlan } from "../../src/cli/serve/companion_plan.ts";
import { checkConfig, type Config } from "../../src/config/config.ts";
import { writeKubeconfig } from "../harness/kubeconfig.ts";
import type { Probes } from "./companion_probe.ts";

const SECRET = "the-secret-of-the-database";

Deno.test("the operator's thread reaches the API server and its log, and is denied all else", async () => {
  using cluster = answering();
  using store = answering();
  using elsewhere = answering();
  await inDirectory(async (directory) => {
    const plan = await planFor(directory, cluster.url, {
      log: { store: "s3", bucket: "events", endpoint: store.url },
    });
    const [written, read] = [join(directory, "written"), join(directory, "read")];
    await Deno.writeTextFile(read, "");
    Deno.env.set("HOLDFAST_TEST_SECRET", SECRET);
    const kubeconfig = plan.environment["KUBECONFIG"] ?? "";
    const outcome = await probe(plan, {
      urls: [cluster.url, store.url, elsewhere.url],
      reads: [kubeconfig, read],
      writes: [written, kubeconfig],
      variables: ["AWS_REGION", "HOLDFAST_TEST_SECRET"],
      programs: ["true"],
    });
    assert.deepEqual(outcome, [
      `${cluster.url}: allowed`,
      `${store.url}: allowed`,
      `${elsewhere.url}: NotCapable`,
      `${kubeconfig}: allowed`,
      `${read}: NotCapable`,
      `${written}: NotCapable`,
      `${kubeconfig}: NotCapable`,
      "AWS_REGION: allowed",
      "HOLDFAST_TEST_SECRET: NotCapable",
      "true: NotCapable",
    ]);
    await assert.rejects(Deno.stat(written), Deno.errors.NotFound);
  });
});

Deno.test("the operator's thread is told its own variables, and no others", async () => {
  await inDirectory(async (directory) => {
    const plan = await planFor(directory, "http://127.0.0.1:1", {
      log: { store: "s3", bucket: "events", endpoint: "http://127.0.0.1:2" },
    });
    assert.equal(plan.environment["RYNXS_WRITER_ID"], "writer-0");
    assert.ok(!JSON.stringify(plan).includes(SECRET));
  });
});

Deno.test("a log in the server's own storage is reached through its endpoint, by who has the bucket", async () => {
  await inDirectory(async (directory) => {
    const plan = await planFor(directory, "http://127.0.0.1:1", {
      log: { store: "holdfast", bucket: "events" },
      server: { listen_addr: "0.0.0.0:9000" },
      users: [
        user("somebody", ["unified"]),
        user("operator", ["events"]),
      ],
    });
    assert.deepEqual(plan.log, {
      location: {
        kind: "s3",
        bucket: "events",
        prefix: "events",
        endpoint: "http://127.0.0.1:9000",
        headKey: "events/_head.json",
        region: "us-east-1",
      },
      credentials: { accessKeyId: "key-of-operator", secretAccessKey: "secret-of-operator" },
    });
    assert.ok(netOf(plan).includes("127.0.0.1:9000"));
  });
});

Deno.test("a log in the server's own storage is reached as the server is told that it is", async () => {
  await inDirectory(async (directory) => {
    const tls = { cert_file: "cert.pem", key_file: "key.pem" };
    const { log: { location } } = await planFor(directory, "http://127.0.0.1:1", {
      log: { store: "holdfast", bucket: "events", endpoint: "https://s3.example.com" },
      server: { listen_addr: "0.0.0.0:9000", region: "eu-central-1", tls },
      users: [user("operator", ["events"])],
    });
    assert.ok(location.kind === "s3");
    assert.deepEqual(
      [location.endpoint, location.region],
      ["https://s3.example.com", "eu-central-1"],
    );
  });
});

Deno.test("where a pod has an identity, its agent gives credentials for the log", async () => {
  await inDirectory(async (directory) => {
    const { permissions: { net, read } } = await planFor(directory, "http://127.0.0.1:1", {
      log: { store: "s3", bucket: "events", endpoint: "http://127.0.0.1:2" },
    }, {
      AWS_CONTAINER_CREDENTIALS_FULL_URI: "http://169.254.170.23/v1/credentials",
      AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/var/run/token",
    });
    assert.ok(Array.isArray(net) && net.includes("169.254.170.23:80"));
    assert.ok(Array.isArray(read) && read.includes("/var/run/token"));
  });
});

Deno.test("a log in AWS S3 opens the bucket's hosts of its region", async () => {
  await inDirectory(async (directory) => {
    const plan = await planFor(directory, "http://127.0.0.1:1", {
      log: { store: "s3", bucket: "events", region: "eu-central-1" },
    });
    assert.deepEqual(netOf(plan).slice(1, -1), [
      "events.s3.eu-central-1.amazonaws.com:443",
      "s3.eu-central-1.amazonaws.com:443",
      "sts.eu-central-1.amazonaws.com:443",
    ]);
  });
});

Deno.test("the operator's thread may listen where its probes are, also with IPv6", async () => {
  await inDirectory(async (directory) => {
    const config = { log: { store: "s3", bucket: "events", endpoint: "http://127.0.0.1:2" } };
    for (const [host, address] of [["", "0.0.0.0:8080"], ["::", "[::]:8080"]] as const) {
      const plan = await planFor(directory, "http://127.0.0.1:1", config, { METRICS_HOST: host });
      assert.equal(netOf(plan).at(-1), address);
    }
  });
});

const REFUSED: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
  ["a log in a file", { log: { store: "file" } }, /the operator beside a server may write no file/],
  [
    "a log in a bucket that nobody has",
    { log: { store: "holdfast", bucket: "events" }, users: [user("somebody", ["unified"])] },
    /needs a user who has the bucket of the log, events/,
  ],
  [
    "a port that nobody knows yet",
    {
      log: { store: "holdfast", bucket: "events" },
      users: [user("somebody", ["events"])],
      server: { listen_addr: "127.0.0.1:0" },
    },
    /needs a port in server.listen_addr/,
  ],
  [
    "a certificate that is for another name than an address",
    {
      log: { store: "holdfast", bucket: "events" },
      users: [user("somebody", ["events"])],
      server: { tls: { cert_file: "cert.pem", key_file: "key.pem" } },
    },
    /needs the server's own URL, with a name that its certificate has/,
  ],
];

for (const [what, config, message] of REFUSED) {
  Deno.test(`an operator beside a server is refused ${what}`, async () => {
    await inDirectory(async (directory) => {
      const planning = planFor(directory, "http://127.0.0.1:1", config);
      await assert.rejects(planning, (error: Error) => {
        assert.ok(error instanceof UsageError);
        assert.match(error.message, message);
        return true;
      });
    });
  });
}

async function planFor(
  directory: string,
  server: string,
  config: Record<string, unknown>,
  environment: Readonly<Record<string, string>> = {},
): Promise<CompanionPlan> {
  const kubeconfig = await writeKubeconfig(join(directory, "kubeconfig"), { server });
  return await companionPlan(configOf(directory, config), {
    KUBECONFIG: kubeconfig,
    METRICS_PORT: "8080",
    RYNXS_WRITER_ID: "writer-0",
    DB_PASSWORD: SECRET,
    ...environment,
  });
}

function configOf(directory: string, config: Record<string, unknown>): Config {
  return checkConfig({ data_dir: directory, ...config }, {}, "test");
}

function user(name: string, buckets: readonly string[]) {
  const credentials = [{
    access_key_id: `key-of-${name}`,
    secret_access_key: `secret-of-${name}`,
  }];
  return { name, buckets, credentials };
}

function netOf({ permissions: { net } }: CompanionPlan): readonly string[] {
  return Array.isArray(net) ? net.map(String) : [];
}

/** Tries things under the permissions of a plan. */
async function probe({ permissions }: CompanionPlan, probes: Probes): Promise<unknown> {
  const worker = new Worker(new URL("./companion_probe.ts", import.meta.url).href, {
    type: "module",
    deno: { permissions },
  });
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  worker.addEventListener("message", ({ data }) => resolve(data));
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    reject(new Error(event.message));
  });
  worker.postMessage(probes);
  try {
    return await promise;
  } finally {
    worker.terminate();
  }
}

/** A server that answers whoever reaches it. */
function answering(): Disposable & { readonly url: string } {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("here"),
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    [Symbol.dispose]: () => void server.shutdown(),
  };
}

async function inDirectory(work: (directory: string) => Promise<void>): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-companion-" });
  try {
    await work(directory);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
