/**
 * HTTP/1.1 as bytes on a socket: for requests that no client library would send.
 *
 * @module
 */

/** One answer, as it came. */
export interface RawResponse {
  readonly status: number;
  /** Names in lower case; values of a repeated name joined with `, `. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: Uint8Array;
}

/** What a server did with a request: `closed` is the end of the connection without an answer. */
export type RawOutcome = RawResponse | "closed" | "no answer";

export interface RawOptions {
  /** The request is a HEAD, so the answer has no body. */
  readonly head?: boolean;
  /** How long to wait for the whole answer. Milliseconds; default 30,000. */
  readonly limit?: number;
}

const HEAD_END = "\r\n\r\n";
const DEFAULT_LIMIT = 30_000;

/** A connection that sends bytes and reads answers, one after another. */
export class RawConnection implements Disposable {
  #received: Uint8Array = new Uint8Array();
  readonly #connection: Deno.TcpConn;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /** Connects to `http://host:port`. */
  static async open(endpoint: string): Promise<RawConnection> {
    const { hostname, port } = new URL(endpoint);
    return new RawConnection(await Deno.connect({ hostname, port: Number(port) }));
  }

  /** Writes all of it; a connection that the server has closed meanwhile is no fault here. */
  async send(bytes: Uint8Array | string): Promise<void> {
    let rest = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    try {
      while (rest.length > 0) rest = rest.subarray(await this.#connection.write(rest));
    } catch (error) {
      if (!isDisconnect(error)) throw error;
    }
  }

  /** Says that nothing more will be sent. */
  async endSending(): Promise<void> {
    await this.#connection.closeWrite().catch(() => {});
  }

  /** The next answer that is not a 1xx. */
  async receive({ head = false, limit = DEFAULT_LIMIT }: RawOptions = {}): Promise<RawOutcome> {
    const timedOut = Promise.withResolvers<"no answer">();
    const timer = setTimeout(() => timedOut.resolve("no answer"), limit);
    const outcome = await Promise.race([this.#response(head), timedOut.promise]);
    clearTimeout(timer);
    return outcome;
  }

  [Symbol.dispose](): void {
    try {
      this.#connection.close();
    } catch (error) {
      if (!(error instanceof Deno.errors.BadResource)) throw error;
    }
  }

  async #response(head: boolean): Promise<RawResponse | "closed"> {
    for (;;) {
      const text = await this.#through(HEAD_END);
      if (text === undefined) return "closed";
      const { status, headers } = parseHead(text);
      if (status >= 100 && status < 200) continue;
      const empty = head || status === 204 || status === 304;
      return { status, headers, body: empty ? new Uint8Array() : await this.#body(headers) };
    }
  }

  async #body(headers: ReadonlyMap<string, string>): Promise<Uint8Array> {
    if (headers.get("transfer-encoding") === "chunked") return await this.#chunks();
    const length = headers.get("content-length");
    if (length !== undefined) return await this.#take(Number(length));
    while (await this.#more());
    return await this.#take(this.#received.length);
  }

  async #chunks(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for (;;) {
      const size = parseInt(await this.#through("\r\n") ?? "0", 16);
      if (size === 0) break;
      chunks.push(await this.#take(size));
      await this.#through("\r\n");
    }
    while ((await this.#through("\r\n") ?? "\r\n") !== "\r\n");
    return concatenated(chunks);
  }

  /** Everything up to and with `end`, as Latin-1; `undefined` at the end of the connection. */
  async #through(end: string): Promise<string | undefined> {
    for (;;) {
      const text = latin1(this.#received);
      const at = text.indexOf(end);
      if (at >= 0) return latin1(await this.#take(at + end.length));
      if (!await this.#more()) return undefined;
    }
  }

  async #take(length: number): Promise<Uint8Array> {
    while (this.#received.length < length && await this.#more());
    const taken = this.#received.slice(0, length);
    this.#received = this.#received.slice(length);
    return taken;
  }

  async #more(): Promise<boolean> {
    const buffer = new Uint8Array(64 * 1024);
    try {
      const read = await this.#connection.read(buffer);
      if (read === null) return false;
      this.#received = concatenated([this.#received, buffer.subarray(0, read)]);
      return true;
    } catch (error) {
      if (isDisconnect(error)) return false;
      throw error;
    }
  }
}

/** Sends one request on a connection of its own. */
export async function rawRequest(
  endpoint: string,
  bytes: Uint8Array | string,
  options: RawOptions = {},
): Promise<RawOutcome> {
  using connection = await RawConnection.open(endpoint);
  // A server may answer, and stop reading, before the last byte is sent.
  const sent = connection.send(bytes);
  const outcome = await connection.receive(options);
  connection[Symbol.dispose]();
  await sent;
  return outcome;
}

function parseHead(text: string): Pick<RawResponse, "status" | "headers"> {
  const [statusLine = "", ...lines] = text.trimEnd().split("\r\n");
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(":");
    const name = line.slice(0, colon).toLowerCase();
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  return { status: Number(statusLine.split(" ")[1]), headers };
}

function isDisconnect(error: unknown): boolean {
  return error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.ConnectionAborted || error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.Interrupted || error instanceof Deno.errors.BadResource ||
    error instanceof Deno.errors.UnexpectedEof || error instanceof Deno.errors.NotConnected;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let start = 0; start < bytes.length; start += 8192) {
    text += String.fromCharCode(...bytes.subarray(start, start + 8192));
  }
  return text;
}

function concatenated(chunks: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
