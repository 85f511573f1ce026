import type { Credentials } from "../../../src/operator/kube/access.ts";
import type { ResourceKind } from "../../../src/operator/kube/kube_object.ts";
import { KubeClient, type KubeLimits } from "../../../src/operator/kube/kube_client.ts";
import {
  answer,
  type Reply,
  type Script,
  type SeenRequest,
  withScriptedServer,
} from "../../harness/scripted_server.ts";

export const CUT: Reply = { kind: "break", text: "" };
export const HANG: Reply = { kind: "hang" };

/** Longer than any test. */
export const PATIENT: KubeLimits = { call: 60_000, list: 60_000 };

/** What belongs to the whole cluster. */
export const NODE: ResourceKind = {
  group: "",
  version: "v1",
  kind: "Node",
  plural: "nodes",
  namespaced: false,
};

export const REF = { namespace: "default", name: "one" };

/** A ConfigMap as a server sends it. */
export function configMap(name: string, resourceVersion = "7") {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name, namespace: "default", resourceVersion },
    data: { key: "value" },
  };
}

/** An answer in JSON. */
export function json(value: unknown, status = 200): Reply {
  return answer(status, { "content-type": "application/json" }, JSON.stringify(value));
}

/** An answer that refuses. */
export function refusal(
  code: number,
  reason: string,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  const body = { kind: "Status", apiVersion: "v1", status: "Failure", code, reason, message: "no" };
  return answer(code, headers, JSON.stringify(body));
}

/** An answer without an end, as a watch has; `ending` breaks it off or leaves it open. */
export function watched(text: string, ending: "break" | "send" = "send"): Reply {
  return { kind: ending, text: `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n${text}` };
}

/** An answer without an end in whole chunks, and with its end where it has one. */
export function chunked(chunks: readonly string[], isEnded = true): Reply {
  const framed = chunks.map((chunk) =>
    `${new TextEncoder().encode(chunk).length.toString(16)}\r\n${chunk}\r\n`
  );
  const head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
  return { kind: "send", text: head + framed.join("") + (isEnded ? "0\r\n\r\n" : "") };
}

/** Runs a test with a client whose server follows the script. */
export function withClient(
  script: Script,
  run: (client: KubeClient, seen: readonly SeenRequest[]) => Promise<void>,
  limits: KubeLimits = PATIENT,
  credentials: () => Promise<Credentials> = () => Promise.resolve({ token: "secret-token" }),
): Promise<void> {
  return withScriptedServer(script, async (server, seen) => {
    const endpoint = new URL(server).host;
    using client = new KubeClient({ server, endpoint, readFiles: [], credentials }, limits);
    await run(client, seen);
  });
}

/** What an iterable brings before it ends or fails. */
export async function collect<T>(
  iterable: AsyncIterable<T>,
): Promise<{ readonly items: readonly T[]; readonly error: unknown }> {
  const items: T[] = [];
  try {
    for await (const item of iterable) items.push(item);
    return { items, error: undefined };
  } catch (error) {
    return { items, error };
  }
}
