import { toolPath } from "../harness/tools.ts";
import { startEvidenceServer } from "./evidence_server.ts";
import { succeed } from "./program.ts";

/** What the client does, wherever it runs. */
const SUITE = new URL("../evidence/client_suite/evidence_client.ts", import.meta.url).pathname;

/** Programs that run it, each as it is. */
const RUNTIMES = {
  Deno: async () => ({
    program: await Promise.resolve(Deno.execPath()),
    args: ["test", "--allow-net", "--allow-env", SUITE],
  }),
  Node: async () => ({ program: await toolPath("node"), args: ["--test", SUITE] }),
};

for (const [name, runtime] of Object.entries(RUNTIMES)) {
  Deno.test(`the client of evidence does what it ought to in ${name}`, async () => {
    await using server = await startEvidenceServer();
    const { program, args } = await runtime();
    await succeed(program, args, {
      env: {
        EVIDENCE_URL: server.endpoint,
        EVIDENCE_TOKEN: server.token,
        EVIDENCE_KEY: server.verifierKey,
      },
    });
  });
}
