/// <reference no-default-lib="true" />
/// <reference lib="deno.worker" />
/**
 * A network between this machine and itself: a thread that passes on what it is sent, late.
 *
 * @module
 */

/** Where to pass it on, and how late. */
export interface SlowNetwork {
  readonly port: number;
  /** Milliseconds in each direction. */
  readonly delay: number;
}

self.addEventListener("message", ({ data }: MessageEvent<SlowNetwork>) => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  self.postMessage((listener.addr as Deno.NetAddr).port);
  void accept(listener, data);
});

async function accept(listener: Deno.Listener, { port, delay }: SlowNetwork): Promise<void> {
  for await (const connection of listener) {
    const onward = await Deno.connect({ hostname: "127.0.0.1", port });
    void passOn(connection, onward, delay);
    void passOn(onward, connection, delay);
  }
}

async function passOn(from: Deno.Conn, to: Deno.Conn, delay: number): Promise<void> {
  let last = Promise.resolve();
  for await (const chunk of from.readable) {
    const due = new Promise((resolve) => setTimeout(resolve, delay));
    last = last.then(async () => {
      await due;
      for (let at = 0; at < chunk.length;) at += await to.write(chunk.subarray(at));
    }).catch(() => {});
  }
  await last;
  await to.closeWrite().catch(() => {});
}
