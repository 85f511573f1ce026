/**
 * A network between a client and a store, for faults that no real one produces on demand.
 *
 * @module
 */
import type { S3Target } from "../../harness/client.ts";

/** What becomes of a request. */
export type Fate =
  /** It arrives, and so does its answer. */
  | "answered"
  /** It arrives; its answer does not. */
  | "answer lost"
  /** It arrives; its answer never comes, and nothing says that it will not. */
  | "not answered"
  /** It arrives; its answer comes but for the end, and nothing says that it will not. */
  | "answered in part"
  /** It arrives twice; the second answer comes. */
  | "sent twice"
  /** It does not arrive. */
  | "lost"
  /** It arrives; instead of its answer comes one that says nothing of what became of it. */
  | "answered with 500";

const INTERNAL_ERROR = "HTTP/1.1 500 X\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/** A store behind such a network. */
export interface LossyStore extends AsyncDisposable {
  readonly endpoint: string;
  /** The first lines of requests, as they came. */
  readonly requests: readonly string[];
}

/**
 * Puts a network before a store. Every request has a connection of its own.
 *
 * @param fateOf a request, by its first line
 */
export function lossyStore(
  { endpoint }: Pick<S3Target, "endpoint">,
  fateOf: (request: string) => Fate,
): LossyStore {
  const { hostname, port } = new URL(endpoint);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const requests: string[] = [];
  const conversations = new Set<Promise<void>>();
  const send = async (request: Uint8Array) => {
    using store = await Deno.connect({ hostname, port: Number(port) });
    await writeAll(store, request);
    return await readToEnd(store);
  };
  const converse = async (client: Deno.TcpConn) => {
    using _client = client;
    const request = await readRequest(client);
    if (request === undefined) return;
    const line = request.head.slice(0, request.head.indexOf("\r\n"));
    requests.push(line);
    const fate = fateOf(line);
    if (fate === "lost") return;
    if (fate === "sent twice") await send(request.bytes);
    const answer = await send(request.bytes);
    if (fate === "answered" || fate === "sent twice") await writeAll(client, answer);
    if (fate === "answered in part") await writeAll(client, answer.subarray(0, -1));
    if (fate === "not answered" || fate === "answered in part") await readToEnd(client);
    if (fate === "answered with 500") {
      await writeAll(client, new TextEncoder().encode(INTERNAL_ERROR));
    }
  };
  const serving = (async () => {
    for await (const client of listener) {
      const conversation = converse(client).catch(() => {});
      conversations.add(conversation);
      conversation.finally(() => conversations.delete(conversation));
    }
  })();
  return {
    endpoint: `http://127.0.0.1:${listener.addr.port}`,
    requests,
    async [Symbol.asyncDispose]() {
      listener.close();
      await Promise.all([serving, ...conversations]);
    },
  };
}

/** A request as it is to be sent on: the store is to close the connection behind its answer. */
async function readRequest(
  connection: Deno.TcpConn,
): Promise<{ readonly head: string; readonly bytes: Uint8Array } | undefined> {
  let bytes = new Uint8Array();
  const chunk = new Uint8Array(65_536);
  for (;;) {
    const text = new TextDecoder("latin1").decode(bytes);
    const end = text.indexOf("\r\n\r\n");
    if (end >= 0) {
      const head = text.slice(0, end);
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      if (/^expect: 100-continue/im.test(head) && bytes.length === end + 4 && length > 0) {
        await writeAll(connection, new TextEncoder().encode("HTTP/1.1 100 Continue\r\n\r\n"));
      }
      if (bytes.length >= end + 4 + length) {
        const kept = head.replace(/\r\n(?:connection|expect|keep-alive):[^\r]*/gi, "");
        const sent = new TextEncoder().encode(`${kept}\r\nconnection: close\r\n\r\n`);
        return { head, bytes: joined(sent, bytes.subarray(end + 4)) };
      }
    }
    const count = await connection.read(chunk);
    if (count === null) return undefined;
    bytes = joined(bytes, chunk.subarray(0, count));
  }
}

async function readToEnd(connection: Deno.TcpConn): Promise<Uint8Array> {
  return await new Response(connection.readable).bytes();
}

async function writeAll(connection: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}
