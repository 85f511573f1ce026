/** A way to a server that breaks when it is told to. What goes through is not looked at. */
export class BreakableWire implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #connections = new Set<Deno.Conn>();
  readonly #serving: Promise<void>;

  /** @param server URL */
  constructor(server: string) {
    const { hostname, port } = new URL(server);
    this.#serving = this.#serve({ hostname, port: Number(port) });
  }

  /** `https://127.0.0.1:PORT`. */
  get url(): string {
    return `https://127.0.0.1:${this.#listener.addr.port}`;
  }

  /** Breaks all connections; new ones are possible at once. */
  break(): void {
    for (const connection of this.#connections) connection.close();
    this.#connections.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.break();
    await this.#serving;
  }

  async #serve(server: Deno.ConnectOptions): Promise<void> {
    for await (const near of this.#listener) {
      this.#join(near, server).catch(() => near.close());
    }
  }

  async #join(near: Deno.Conn, server: Deno.ConnectOptions): Promise<void> {
    this.#connections.add(near);
    const far = await Deno.connect({ port: server.port, hostname: "127.0.0.1" });
    // It may have been broken meanwhile.
    if (!this.#connections.has(near)) return far.close();
    this.#connections.add(far);
    const ways = [near.readable.pipeTo(far.writable), far.readable.pipeTo(near.writable)];
    await Promise.allSettled(ways);
    this.#connections.delete(near);
    this.#connections.delete(far);
  }
}
