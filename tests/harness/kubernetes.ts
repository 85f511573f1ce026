/**
 * A Kubernetes control plane for tests: a real etcd and a real kube-apiserver, with nobody behind
 * them. Nothing schedules pods, and no controller acts on what is written.
 *
 * @module
 */
import { join } from "node:path";
import { freePort } from "./free_port.ts";
import { writeKubeconfig } from "./kubeconfig.ts";
import { toolPath } from "./tools.ts";
import { watchOver } from "./watchdog.ts";

/** A control plane with nothing in it but what it makes itself. */
export interface Kubernetes extends AsyncDisposable {
  /** `https://127.0.0.1:PORT`. */
  readonly server: string;
  /** PEM of the authority that signed the server's certificate. */
  readonly authority: string;
  /** Path of the same. */
  readonly authorityPath: string;
  /** Bearer token of an administrator. */
  readonly adminToken: string;
  /** Path of an administrator's kubeconfig. */
  readonly kubeconfig: string;
  /** What was asked of the server, a JSON object of `audit.k8s.io/v1` per line. */
  readonly auditLog: string;
  /** For other files of a test; removed with everything else. */
  readonly directory: string;
  /** Runs kubectl as administrator; rejects with what it says on standard error. */
  kubectl(args: readonly string[], input?: string): Promise<string>;
  /** A token of a service account that is there, as a pod would have it. */
  serviceAccountToken(namespace: string, name: string): Promise<string>;
  /** Writes a kubeconfig, and returns its path. The server may be a proxy before the real one. */
  writeKubeconfig(name: string, token: string, server?: string): Promise<string>;
  /** Suspends the API server, so that it takes connections and never answers. */
  freeze(): void;
  thaw(): void;
}

const ADMIN_TOKEN = "kubernetes-test-admin";

/** How long a start may take. Milliseconds. */
const START_LIMIT = 90_000;

/** Records who asked for what, once for each request. */
const AUDIT_POLICY = `apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived, ResponseStarted]
rules: [{ level: Metadata }]
`;

/** Starts a control plane on free ports of 127.0.0.1, with a directory of its own. */
export async function startKubernetes(): Promise<Kubernetes> {
  const [etcd, apiserver, kubectl] = await Promise.all(
    (["etcd", "kube-apiserver", "kubectl"] as const).map((name) => toolPath(name)),
  );
  const directory = await Deno.makeTempDir({ prefix: "holdfast-kubernetes-" });
  const server = `https://127.0.0.1:${freePort()}`;
  const auditLog = join(directory, "audit.jsonl");
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(directory, { recursive: true }));
  const store = await startEtcd(etcd!, directory);
  stack.use(store);
  await writeFiles(directory);
  const api = await startProcess(apiserver!, directory, [
    `--etcd-servers=${store.endpoint}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${new URL(server).port}`,
    `--cert-dir=${join(directory, "tls")}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    `--service-account-key-file=${join(directory, "sa.pem")}`,
    `--service-account-signing-key-file=${join(directory, "sa.pem")}`,
    "--authorization-mode=RBAC",
    `--token-auth-file=${join(directory, "tokens.csv")}`,
    "--service-cluster-ip-range=10.0.0.0/24",
    // Nobody makes the account "default" of a namespace here.
    "--disable-admission-plugins=ServiceAccount",
    `--audit-policy-file=${join(directory, "audit.yaml")}`,
    `--audit-log-path=${auditLog}`,
  ]);
  stack.use(api);
  const authorityPath = join(directory, "authority.pem");
  const authority = await whenReady(server, directory, api);
  await Deno.writeTextFile(authorityPath, authority);
  const writeNamed = (name: string, token: string, at = server) =>
    writeKubeconfig(join(directory, `${name}.kubeconfig`), { server: at, token, authorityPath });
  const kubeconfig = await writeNamed("admin", ADMIN_TOKEN);
  const run = (args: readonly string[], input?: string) =>
    runKubectl(kubectl!, [`--kubeconfig=${kubeconfig}`, ...args], directory, input);
  const kept = stack.move();
  return {
    server,
    authority,
    authorityPath,
    adminToken: ADMIN_TOKEN,
    kubeconfig,
    auditLog,
    directory,
    kubectl: run,
    serviceAccountToken: async (namespace, name) =>
      (await run(["create", "token", name, `--namespace=${namespace}`])).trim(),
    writeKubeconfig: writeNamed,
    freeze: () => api.signal("SIGSTOP"),
    thaw: () => api.signal("SIGCONT"),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

interface Running extends AsyncDisposable {
  readonly ended: boolean;
  signal(signal: Deno.Signal): void;
}

async function startEtcd(
  program: string,
  directory: string,
): Promise<Running & { readonly endpoint: string }> {
  const [endpoint, peers] = [0, 1].map(() => `http://127.0.0.1:${freePort()}`);
  const running = await startProcess(program, directory, [
    `--data-dir=${join(directory, "etcd")}`,
    `--listen-client-urls=${endpoint}`,
    `--advertise-client-urls=${endpoint}`,
    `--listen-peer-urls=${peers}`,
    `--initial-advertise-peer-urls=${peers}`,
    `--initial-cluster=default=${peers}`,
    // What a test leaves behind need not survive a power cut.
    "--unsafe-no-fsync",
  ]);
  return {
    endpoint: endpoint!,
    get ended() {
      return running.ended;
    },
    signal: running.signal,
    [Symbol.asyncDispose]: running[Symbol.asyncDispose],
  };
}

async function startProcess(
  program: string,
  directory: string,
  args: readonly string[],
): Promise<Running> {
  const child = new Deno.Command(program, {
    args: [...args],
    cwd: directory,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let ended = false;
  const finished = child.status.then(() => ended = true);
  await watchOver({ pid: child.pid, signal: "KILL", directory });
  return {
    get ended() {
      return ended;
    },
    signal: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      if (!ended) child.kill("SIGKILL");
      await finished;
    },
  };
}

async function writeFiles(directory: string): Promise<void> {
  const { privateKey } = await crypto.subtle.generateKey(
    { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: EXPONENT, hash: "SHA-256" },
    true,
    ["sign", "verify"],
  );
  const key = new Uint8Array(await crypto.subtle.exportKey("pkcs8", privateKey));
  const files = {
    "sa.pem": `-----BEGIN PRIVATE KEY-----\n${key.toBase64()}\n-----END PRIVATE KEY-----\n`,
    "tokens.csv": `${ADMIN_TOKEN},admin,admin,system:masters\n`,
    "audit.yaml": AUDIT_POLICY,
  };
  for (const [name, text] of Object.entries(files)) {
    await Deno.writeTextFile(join(directory, name), text, { mode: 0o600 });
  }
}

const EXPONENT = new Uint8Array([1, 0, 1]);

/** @returns the authority: the server makes one for itself, and puts it behind its certificate */
async function whenReady(server: string, directory: string, api: Running): Promise<string> {
  const deadline = Date.now() + START_LIMIT;
  while (!api.ended && Date.now() < deadline) {
    const authority = await authorityIn(join(directory, "tls", "apiserver.crt"));
    if (authority !== undefined && await isReady(server, authority)) return authority;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`kube-apiserver did not start at ${server}`);
}

async function authorityIn(path: string): Promise<string | undefined> {
  const text = await Deno.readTextFile(path).catch(() => "");
  return text.match(/-----BEGIN[^]+?-----END CERTIFICATE-----\n?/g)?.[1];
}

async function isReady(server: string, authority: string): Promise<boolean> {
  using client = Deno.createHttpClient({ caCerts: [authority] });
  try {
    const answer = await fetch(`${server}/readyz`, {
      client,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    // Nobody listens yet.
    return false;
  }
}

async function runKubectl(
  program: string,
  args: readonly string[],
  home: string,
  input = "",
): Promise<string> {
  const child = new Deno.Command(program, {
    args: [...args],
    env: { HOME: home },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { success, stdout, stderr } = await child.output();
  if (success) return new TextDecoder().decode(stdout);
  throw new Error(`kubectl ${args.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`);
}
