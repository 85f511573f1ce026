import assert from "node:assert/strict";
import { join } from "node:path";
import { clusterAccess } from "../../src/operator/kube/cluster_access.ts";
import { KubeClient } from "../../src/operator/kube/kube_client.ts";
import { freePort } from "../harness/free_port.ts";
import { eventually } from "./eventually.ts";

async function openssl(args: readonly string[], cwd: string): Promise<void> {
  const command = new Deno.Command("openssl", { args: [...args], cwd, stderr: "piped" });
  const { success, stderr } = await command.output();
  if (!success) throw new Error(`openssl ${args[0]}: ${new TextDecoder().decode(stderr)}`);
}

/** An authority, and what it has signed: a server's certificate and a client's. */
async function makeCertificates(directory: string): Promise<void> {
  const request = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const make = (name: string, subject: string, more: readonly string[]) =>
    openssl(
      [
        ...request,
        "-keyout",
        `${name}.key`,
        "-out",
        `${name}.crt`,
        "-subj",
        subject,
        "-x509",
        ...more,
      ],
      directory,
    );
  const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-addext", "basicConstraints=CA:FALSE"];
  await make("ca", "/CN=authority", []);
  await make("server", "/CN=server", [...signed, "-addext", "subjectAltName=IP:127.0.0.1"]);
  await make("client", "/O=system:masters/CN=certified-client", signed);
}

/** A server that answers with what it knows about its client, and has none without a certificate. */
function startServer(directory: string, port: number): Deno.ChildProcess {
  const identity = ["-cert", "server.crt", "-key", "server.key"];
  const demand = ["-Verify", "1", "-verify_return_error", "-CAfile", "ca.crt"];
  return new Deno.Command("openssl", {
    args: ["s_server", "-accept", `127.0.0.1:${port}`, "-www", ...identity, ...demand],
    cwd: directory,
    stdout: "null",
    stderr: "null",
  }).spawn();
}

Deno.test("a client certificate is shown to a server that demands one", async () => {
  const directory = await Deno.makeTempDir({ prefix: "holdfast-kube-certificate-" });
  await makeCertificates(directory);
  const port = freePort();
  const server = startServer(directory, port);
  try {
    const clientFor = async (user: Readonly<Record<string, string>>) => {
      const cluster = { server: `https://127.0.0.1:${port}`, "certificate-authority": "ca.crt" };
      const KUBECONFIG = join(directory, "config");
      await Deno.writeTextFile(
        KUBECONFIG,
        JSON.stringify({
          clusters: [{ name: "a", cluster }],
          users: [{ name: "a", user }],
          contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
          "current-context": "a",
        }),
      );
      return new KubeClient(await clusterAccess({ KUBECONFIG }));
    };
    const certificate = { "client-certificate": "client.crt", "client-key": "client.key" };
    using certified = await clientFor(certificate);
    await eventually(async () => {
      assert.match(await certified.getText("/"), /certified-client/);
    }, 10_000);
    using anonymous = await clientFor({});
    await assert.rejects(anonymous.getText("/"), { name: "KubeUnreachableError" });
  } finally {
    server.kill("SIGKILL");
    await server.status;
    await Deno.remove(directory, { recursive: true });
  }
});
