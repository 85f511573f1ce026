import type { ListenAddress } from "../../config/fields.ts";
import type { Certificate } from "./listener.ts";

/** What a server is opened with. */
export interface ServerOptions {
  readonly address: ListenAddress;
  readonly handler: Deno.ServeHandler<Deno.NetAddr>;
  /** Answers a request that comes when no more are taken. */
  readonly turnAway: (request: Request) => Response;
  readonly certificate?: Certificate;
}

/** Requests that bring no body, whatever they say. */
const BODILESS: ReadonlySet<string> = new Set(["GET", "HEAD"]);

/**
 * A server that can be closed while bodies are coming in. `Deno.HttpServer.shutdown` cannot: it
 * makes them unreadable at once (denoland/deno#36809). So it is called when the last one is in, and
 * until then, what is new is turned away with `Connection: close`.
 */
export class OpenServer {
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #aborting = new AbortController();
  readonly #options: ServerOptions;
  #uploads = 0;
  #turningAway = false;
  #allIn = Promise.withResolvers<void>();

  /** Takes requests from now on, together with the other threads that listen on the address. */
  constructor(options: ServerOptions) {
    this.#options = options;
    this.#server = Deno.serve(
      {
        ...options.address,
        ...options.certificate,
        reusePort: true,
        signal: this.#aborting.signal,
        onListen: () => {},
      },
      (request, info) => this.#answer(request, info),
    );
  }

  get port(): number {
    return this.#server.addr.port;
  }

  /**
   * Takes nothing new, and waits for what runs. What still runs after `patience` milliseconds is
   * cut off, at the latest when the process ends.
   *
   * @param grace until then, in milliseconds, new requests are taken as long as bodies come in
   */
  async close(patience: number, grace = 0): Promise<void> {
    const timers = [setTimeout(() => this.#turningAway = true, grace)];
    if (grace === 0) this.#turningAway = true;
    const outOfPatience = new Promise<"late">((resolve) => {
      timers.push(setTimeout(() => resolve("late"), grace + patience));
    });
    try {
      if (
        this.#uploads > 0 && await Promise.race([this.#allIn.promise, outOfPatience]) === "late"
      ) {
        this.#aborting.abort();
        return await this.#server.finished;
      }
      await Promise.race([this.#server.shutdown(), outOfPatience]);
    } finally {
      timers.forEach(clearTimeout);
    }
  }

  async #answer(
    request: Request,
    info: Deno.ServeHandlerInfo<Deno.NetAddr>,
  ): Promise<Response> {
    if (this.#turningAway) return this.#options.turnAway(request);
    if (BODILESS.has(request.method)) return await this.#options.handler(request, info);
    this.#uploads++;
    try {
      return await this.#options.handler(request, info);
    } finally {
      if (--this.#uploads === 0) {
        this.#allIn.resolve();
        this.#allIn = Promise.withResolvers();
      }
    }
  }
}
