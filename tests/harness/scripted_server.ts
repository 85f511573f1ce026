/**
 * A server that answers as it is told, for faults that a real store does not produce on demand.
 * It speaks raw TCP, so that a test sees what was on the wire and can send what no server would.
 *
 * @module
 */

/** A request as it came. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query, as on the wire. */
  readonly target: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** What to do with a request. */
export type Reply =
  /** Bytes to send as they are; the connection stays open. */
  | { readonly kind: "send"; readonly text: string }
  /** Bytes to send before the connection is closed. */
  | { readonly kind: "break"; readonly text: string }
  /** Never answer. */
  | { readonly kind: "hang" };

/** A complete answer. */
export function answer(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body = "",
): Reply {
  const all = { "content-length": String(new TextEncoder().encode(body).length), ...headers };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return { kind: "send", text: `HTTP/1.1 ${status} X\r\n${lines.join("")}\r\n${body}` };
}

/** An error document of S3. */
export function refusal(status: number, code: string): Reply {
  return answer(status, {}, `<Error><Code>${code}</Code><Message>no</Message></Error>`);
}

/** A script: replies in the order of requests, or a function of each. */
export type Script = readonly Reply[] | ((request: SeenRequest) => Reply);

/**
 * Runs a test against a server that follows the script. Fails when requests come for which the
 * script has no reply.
 *
 * @param hearing a server that is deaf takes connections and reads nothing from them
 */
export async function withScriptedServer(
  script: Script,
  run: (endpoint: string, seen: readonly SeenRequest[]) => Promise<void>,
  hearing: "hears" | "deaf" = "hears",
): Promise<void> {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = new Set<Deno.Conn>();
  const seen: SeenRequest[] = [];
  let unexpected: SeenRequest | undefined;
  const reply = (request: SeenRequest): Reply => {
    seen.push(request);
    const next = typeof script === "function" ? script(request) : script[seen.length - 1];
    if (next === undefined) unexpected ??= request;
    return next ?? refusal(418, "Unexpected");
  };
  const serving = (async () => {
    for await (const connection of listener) {
      connections.add(connection);
      if (hearing === "deaf") continue;
      converse(connection, reply).catch(() => {}).finally(() => connections.delete(connection));
    }
  })();
  try {
    await run(`http://127.0.0.1:${listener.addr.port}`, seen);
  } finally {
    listener.close();
    for (const connection of connections) connection.close();
    await serving;
  }
  if (unexpected) throw new Error(`unexpected: ${unexpected.method} ${unexpected.target}`);
}

async function converse(
  connection: Deno.Conn,
  reply: (request: SeenRequest) => Reply,
): Promise<void> {
  const input = new Input(connection);
  for (let head = await input.head(); head !== undefined; head = await input.head()) {
    const [line, ...fields] = head.split("\r\n");
    const [method, target] = line.split(" ");
    const headers = Object.fromEntries(fields.map((field) => {
      const colon = field.indexOf(":");
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()];
    }));
    const body = await input.take(Number(headers["content-length"] ?? 0));
    const next = reply({ method, target, headers, body });
    if (next.kind === "hang") continue;
    await writeAll(connection, new TextEncoder().encode(next.text));
    if (next.kind === "break") return connection.close();
  }
}

/** Reads a connection by heads and by counted bytes. */
class Input {
  #held: Uint8Array = new Uint8Array();

  constructor(private readonly connection: Deno.Conn) {}

  /** Up to the next blank line; `undefined` at the end. */
  async head(): Promise<string | undefined> {
    while (true) {
      const text = new TextDecoder("latin1").decode(this.#held);
      const end = text.indexOf("\r\n\r\n");
      if (end >= 0) {
        this.#held = this.#held.slice(end + 4);
        return text.slice(0, end);
      }
      if (!await this.#more()) return undefined;
    }
  }

  async take(length: number): Promise<Uint8Array> {
    const taken = new Uint8Array(length);
    let filled = 0;
    while (true) {
      const piece = this.#held.subarray(0, length - filled);
      taken.set(piece, filled);
      filled += piece.length;
      this.#held = this.#held.slice(piece.length);
      if (filled === length) return taken;
      if (!await this.#more()) throw new Error("the body is cut off");
    }
  }

  async #more(): Promise<boolean> {
    const buffer = new Uint8Array(64 * 1024);
    const read = await this.connection.read(buffer);
    if (read === null) return false;
    const joined = new Uint8Array(this.#held.length + read);
    joined.set(this.#held);
    joined.set(buffer.subarray(0, read), this.#held.length);
    this.#held = joined;
    return true;
  }
}

async function writeAll(connection: Deno.Conn, bytes: Uint8Array): Promise<void> {
  let written = 0;
  while (written < bytes.length) written += await connection.write(bytes.subarray(written));
}
