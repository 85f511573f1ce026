import { Buffer } from "node:buffer";
import { Duplex } from "node:stream";

/**
 * One end of a connection to the embedded database: what a socket is to a server elsewhere, but
 * over a port to its thread, so nothing else on this machine can reach it.
 */
export class EmbeddedConnection extends Duplex {
  readonly #port: MessagePort;

  constructor(port: MessagePort) {
    super();
    this.#port = port;
    port.addEventListener("message", ({ data }: MessageEvent<Uint8Array>) => {
      this.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    });
    port.start();
  }

  /** As of a socket: the driver asks for it before it ends one. */
  get readyState(): "open" | "closed" {
    return this.destroyed ? "closed" : "open";
  }

  override _read(): void {}

  override _write(chunk: Uint8Array, _encoding: string, done: () => void): void {
    // A copy, because the driver goes on writing into the buffer that this is a part of.
    const bytes = new Uint8Array(chunk);
    this.#port.postMessage(bytes, [bytes.buffer]);
    done();
  }

  override _final(done: () => void): void {
    done();
    this.destroy();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#port.close();
    done(error);
  }
}
