import assert from "node:assert/strict";
import { join } from "node:path";
import { type Kubernetes, startKubernetes } from "../harness/kubernetes.ts";
import { MissingTool } from "../harness/tools.ts";
import { watchOver } from "../harness/watchdog.ts";
import { eventually } from "./eventually.ts";

const [NAMESPACE, NAME] = ["default", "shared"];

/** Lease, renew deadline and retry period: short, and long enough for a busy machine. */
const TIMES = ["4s", "3s", "500ms"];
const LEASE = 4_000;

/** The parts of `Lease` that a leader writes. */
interface Spec {
  readonly holderIdentity: string;
  readonly leaseDurationSeconds: number;
  readonly leaseTransitions: number;
  readonly acquireTime: string;
  readonly renewTime: string;
}

/** A program that competes for the lease, and says when it leads. */
class Rival implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #output: Promise<void>;
  #said = "";

  private constructor(readonly identity: string, child: Deno.ChildProcess) {
    this.#child = child;
    this.#output = this.#listen();
  }

  static async start(command: readonly string[], identity: string, kubernetes: Kubernetes) {
    const [program = "", ...args] = command;
    const child = new Deno.Command(program, {
      args: [...args, kubernetes.kubeconfig, NAMESPACE, NAME, identity, ...TIMES],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    await watchOver({ pid: child.pid, signal: "KILL", directory: join(kubernetes.directory, "-") });
    return new Rival(identity, child);
  }

  get said(): readonly string[] {
    return this.#said.split("\n").slice(0, -1);
  }

  /** Sends it a signal, and waits until it is gone. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    this.#child.kill(signal);
    await this.#child.status;
    await this.#output;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It is gone.
    }
    await this.#child.status;
    await this.#output;
  }

  async #listen(): Promise<void> {
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      this.#said += text;
    }
  }
}

/** The rival with client-go, built. */
async function buildRival(directory: string): Promise<string> {
  const program = join(directory, "lease_contender");
  const cwd = new URL("lease_contender/", import.meta.url);
  const build = new Deno.Command("go", { args: ["build", "-o", program, "."], cwd });
  const { success, stderr } = await build.output().catch((cause) => {
    throw new MissingTool("go is missing: install Go 1.25 or later (https://go.dev/dl)", { cause });
  });
  assert.ok(success, new TextDecoder().decode(stderr));
  return program;
}

/** Who is to lead next, and how the leader of before ends. */
const SUCCESSIONS = [
  ["client-go", "SIGTERM"],
  ["Holdfast", "SIGTERM"],
  ["client-go", "SIGKILL"],
  ["Holdfast", "SIGKILL"],
] as const;

Deno.test("Holdfast and client-go keep each other from a lease, and take it from each other", async (test) => {
  await using kubernetes = await startKubernetes();
  const script = new URL("lease_contender.ts", import.meta.url).pathname;
  const commands = {
    Holdfast: [Deno.execPath(), "run", "--allow-net", "--allow-read", "--allow-env", script],
    "client-go": [await buildRival(kubernetes.directory)],
  };
  const spec = async (): Promise<Spec> =>
    JSON.parse(
      await kubernetes.kubectl(["get", "lease", NAME, `--namespace=${NAMESPACE}`, "-o=json"]),
    ).spec;
  const leads = (rival: Rival, epoch: number) =>
    eventually(async () => {
      assert.deepEqual(rival.said, [`leading ${epoch}`]);
      const { holderIdentity, leaseDurationSeconds, leaseTransitions } = await spec();
      assert.deepEqual([holderIdentity, leaseDurationSeconds, leaseTransitions], [
        rival.identity,
        LEASE / 1_000,
        epoch - 1,
      ]);
    });

  await using rivals = new AsyncDisposableStack();
  const start = async (kind: keyof typeof commands, epoch: number) =>
    rivals.use(await Rival.start(commands[kind], `${kind}-${epoch}`, kubernetes));
  let leader = await start("Holdfast", 1);
  await leads(leader, 1);
  for (const [index, [kind, signal]] of SUCCESSIONS.entries()) {
    await test.step(`${kind} takes over when the leader gets ${signal}`, async () => {
      const epoch = index + 2;
      const next = await start(kind, epoch);
      const since = Date.parse((await spec()).renewTime);
      await eventually(async () => {
        assert.ok(Date.parse((await spec()).renewTime) > since + LEASE);
      });
      assert.deepEqual([leader.said, next.said], [[`leading ${epoch - 1}`], []]);
      await leader.end(signal);
      const last = signal === "SIGTERM" ? ["stopped"] : [];
      assert.deepEqual(leader.said, [`leading ${epoch - 1}`, ...last]);
      await leads(next, epoch);
      leader = next;
    });
  }
});
