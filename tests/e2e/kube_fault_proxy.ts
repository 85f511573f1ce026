/**
 * Stands before an API server and refuses some of what it is asked, as a server in trouble does.
 *
 * @module
 */
import type { Kubernetes } from "../harness/kubernetes.ts";

/** A proxy on a port of 127.0.0.1. */
export interface FaultProxy extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`. */
  readonly server: string;
  /** Which share of the requests is refused from now on, from 0 to 1. */
  refuse(share: number): void;
  /** How many were refused so far. */
  readonly refused: number;
}

const FAULTS = [
  { code: 500, reason: "InternalError" },
  { code: 409, reason: "Conflict" },
] as const;

/** Starts a proxy that passes everything on. */
export function startFaultProxy({ server, authority }: Kubernetes): FaultProxy {
  const client = Deno.createHttpClient({ caCerts: [authority] });
  let [share, refused] = [0, 0];
  const proxy = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    if (Math.random() < share) {
      refused++;
      await request.body?.cancel();
      return refusal();
    }
    const { pathname, search } = new URL(request.url);
    try {
      return await fetch(`${server}${pathname}${search}`, {
        client,
        method: request.method,
        headers: request.headers,
        body: request.body,
        signal: request.signal,
      });
    } catch {
      return new Response("the API server does not answer", { status: 502 });
    }
  });
  return {
    server: `http://127.0.0.1:${proxy.addr.port}`,
    refuse: (next) => share = next,
    get refused() {
      return refused;
    },
    async [Symbol.asyncDispose]() {
      client.close();
      await proxy.shutdown();
    },
  };
}

function refusal(): Response {
  const { code, reason } = FAULTS[Math.floor(Math.random() * FAULTS.length)]!;
  const status = { apiVersion: "v1", kind: "Status", status: "Failure", code, reason };
  return Response.json({ ...status, message: "refused by a test" }, { status: code });
}
