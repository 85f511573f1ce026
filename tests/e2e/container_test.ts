import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { ROOT, workerModules } from "../../deploy/program_graph.ts";
import { billOfMaterials } from "../../deploy/sbom.ts";
import { VERSION } from "../../src/version.ts";
import { freePort } from "../harness/free_port.ts";
import { watchOver } from "../harness/watchdog.ts";
import { containerCommand, type Image, openImageBuilder } from "./container.ts";
import { eventually } from "./eventually.ts";
import { type Caller, signedFetch } from "./signed_fetch.ts";

const CREDENTIAL = { accessKeyId: "container", secretAccessKey: "container-test-secret" };

/** A runtime that runs what is compiled, where somebody supplies it. */
const RUNTIME = Deno.env.get("DENORT_BIN");

Deno.test(
  "the image runs as nobody in particular, with a root that it cannot write to",
  async (t) => {
    await using builder = await openImageBuilder();
    // Deno stands in for a runtime that cannot be downloaded: everything is in the image then, and
    // the same program is run from source.
    const meant = await builder.build("holdfast", RUNTIME ?? Deno.execPath());
    const source = await builder.build("source");
    const image = RUNTIME === undefined ? source : meant;
    const volume = join(builder.directory, "volume");
    await Deno.mkdir(volume);
    await Deno.chown(volume, 65_532, 65_532);

    await t.step("it says who runs it, where it listens, and what it is", () => {
      const { User, ExposedPorts, Cmd, Labels, Entrypoint } = image.config;
      assert.equal(User, "65532:65532");
      assert.deepEqual(Object.keys(ExposedPorts).sort(), ["8080/tcp", "9000/tcp"]);
      assert.deepEqual(Cmd, ["serve"]);
      assert.equal(Labels["org.opencontainers.image.version"], VERSION);
      assert.equal(Labels["org.opencontainers.image.licenses"], "MIT");
      const flags = Entrypoint.filter((each) => each.startsWith("--allow-"));
      assert.deepEqual(flags.filter((each) => /run|ffi|all/.test(each.slice(8))), []);
    });

    await t.step("it has the bill of materials of what is in it", async () => {
      const path = join(meant.root, "usr/share/doc/holdfast/sbom.cdx.json");
      assert.deepEqual(JSON.parse(await Deno.readTextFile(path)), await billOfMaterials());
    });

    await t.step("it has one program, with the whole server in it", async () => {
      assert.deepEqual(meant.config.Entrypoint, ["/usr/local/bin/holdfast"]);
      assert.deepEqual(meant.config.Cmd, ["serve"]);
      const programs = join(meant.root, "usr/local/bin");
      const names = (await Array.fromAsync(Deno.readDir(programs))).map(({ name }) => name);
      assert.deepEqual(names, ["holdfast"]);
      const program = Buffer.from(await Deno.readFile(join(programs, "holdfast")));
      for (const module of ["main.ts", ...await workerModules()]) {
        assert.ok(program.includes(await Deno.readTextFile(join(ROOT, module))), module);
      }
    });

    await t.step("holdfast version says its version", async () => {
      const { stdout, stderr } = await containerCommand(image, { volume, args: ["version"] })
        .output();
      const said = new TextDecoder().decode(stdout);
      assert.match(said, new RegExp(`^holdfast ${VERSION} `), new TextDecoder().decode(stderr));
    });

    await t.step(
      "a program in it has no rights, and can write to its volume and to /tmp only",
      () => demandConfined(source, volume),
    );

    await t.step("it serves, ends when it is told to, and has kept what it was sent", async () => {
      {
        await using server = await startServer(image, volume);
        const stored = await signedFetch(server, "/unified/note", { method: "PUT", body: "kept" });
        assert.equal(stored.status, 200, await stored.text());
      }
      await using server = await startServer(image, volume);
      const read = await signedFetch(server, "/unified/note");
      assert.equal(await read.text(), "kept");
    });
  },
);

Deno.test("the image that is built where no target is named is the one that is meant", async () => {
  const text = await Deno.readTextFile(new URL("../../deploy/Containerfile", import.meta.url));
  const targets = [...text.matchAll(/^FROM \S+ AS (\S+)$/gm)].map(([, name]) => name);
  assert.equal(targets.at(-1), "holdfast");
});

const WHAT_IT_MAY = `
const outcome = (path) => {
  try { Deno.writeTextFileSync(path, ""); return "written"; } catch (error) { return error.code; }
};
const status = Deno.readTextFileSync("/proc/self/status");
const line = (name) => status.match(new RegExp("^" + name + ":\\\\s*(\\\\S+)", "m"))[1];
console.log(JSON.stringify({
  uid: Deno.uid(),
  rights: line("CapEff"),
  noNewRights: line("NoNewPrivs"),
  root: outcome("/opt/holdfast/main.ts"),
  volume: outcome("/var/lib/holdfast/probe"),
  temporary: outcome("/tmp/probe"),
}));
`;

async function demandConfined(image: Image, volume: string): Promise<void> {
  const { stdout, stderr } = await containerCommand(image, {
    volume,
    entrypoint: ["/usr/local/bin/deno"],
    args: ["eval", WHAT_IT_MAY],
  }).output();
  const said = new TextDecoder().decode(stdout);
  assert.deepEqual(said === "" ? new TextDecoder().decode(stderr) : JSON.parse(said), {
    uid: 65_532,
    rights: "0000000000000000",
    noNewRights: "1",
    root: "EROFS",
    volume: "written",
    temporary: "written",
  });
}

/** Starts a server, and waits until it answers. It is told to end when it is disposed of. */
async function startServer(image: Image, volume: string): Promise<Caller & AsyncDisposable> {
  const listen = `127.0.0.1:${freePort()}`;
  const child = containerCommand(image, {
    volume,
    args: image.config.Cmd,
    env: {
      HOLDFAST_LISTEN: listen,
      HOLDFAST_ACCESS_KEY_ID: CREDENTIAL.accessKeyId,
      HOLDFAST_SECRET_ACCESS_KEY: CREDENTIAL.secretAccessKey,
    },
  }).spawn();
  const output = Promise.all([child.stdout.text(), child.stderr.text()]);
  const directory = await Deno.makeTempDir({ prefix: "holdfast-container-" });
  await watchOver({ pid: child.pid, signal: "KILL", directory });
  const endpoint = `http://${listen}`;
  await eventually(async () => {
    const answer = await fetch(`${endpoint}/health`);
    assert.equal(await answer.text(), "ok");
  }, 30_000);
  return {
    endpoint,
    ...CREDENTIAL,
    async [Symbol.asyncDispose]() {
      await endOfContainer(child.pid);
      const { code } = await child.status;
      const said = (await output).join("");
      await Deno.remove(directory, { recursive: true });
      assert.equal(code, 0, said);
    },
  };
}

/** Sends SIGTERM to the first process of a container: who started it would only be ended itself. */
async function endOfContainer(starter: number): Promise<void> {
  const script = 'kill -TERM "$(tr -d " " < "/proc/$1/task/$1/children")"';
  const { success } = await new Deno.Command("sh", {
    args: ["-c", script, "end", String(starter)],
  }).output();
  assert.ok(success);
}
