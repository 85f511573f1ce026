import type { ListenAddress } from "../../config/fields.ts";

/** A certificate chain and its key, in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** Takes requests on one address. */
export interface Listener {
  /** The port, also where the system chose it. */
  readonly port: number;
  /** Goes on with another certificate: new connections get it, those that are open are let finish. */
  use(certificate: Certificate): void;
  /**
   * Takes no more connections and waits for the requests that run.
   *
   * @param patience milliseconds; what then still runs is cut off
   */
  close(patience: number): Promise<void>;
}

/**
 * Listens, together with the other threads of this process that listen on the same address.
 *
 * @throws {Deno.errors.AddrInUse} and other errors of the system
 */
export function listen(
  address: ListenAddress,
  handler: Deno.ServeHandler<Deno.NetAddr>,
  certificate?: Certificate,
): Listener {
  let current = open(address, handler, certificate);
  const port = current.server.addr.port;
  const retiring = new Set<OpenServer>();

  return {
    port,
    use(next) {
      const old = current;
      current = open({ ...address, port }, handler, next);
      retiring.add(old);
      old.server.shutdown().finally(() => retiring.delete(old));
    },
    async close(patience) {
      const all = [current, ...retiring];
      const timer = setTimeout(() => all.forEach(({ abort }) => abort()), patience);
      await Promise.all(all.map(({ server }) => server.shutdown()));
      await Promise.all(all.map(({ server }) => server.finished));
      clearTimeout(timer);
    },
  };
}

interface OpenServer {
  readonly server: Deno.HttpServer<Deno.NetAddr>;
  readonly abort: () => void;
}

function open(
  address: ListenAddress,
  handler: Deno.ServeHandler<Deno.NetAddr>,
  certificate?: Certificate,
): OpenServer {
  const controller = new AbortController();
  const server = Deno.serve({
    ...address,
    ...certificate,
    reusePort: true,
    signal: controller.signal,
    onListen: () => {},
  }, handler);
  return { server, abort: () => controller.abort() };
}

/**
 * Makes sure that nobody listens on an address: threads of this process share it, but another
 * process that shares it too would go unnoticed.
 *
 * @throws {Error} that says who is in the way
 */
export function demandFree({ hostname, port }: ListenAddress): void {
  try {
    Deno.listen({ hostname, port }).close();
  } catch (error) {
    throw new Error(listenFault(hostname, port, error), { cause: error });
  }
}

function listenFault(hostname: string, port: number, error: unknown): string {
  const address = `${hostname}:${port}`;
  if (error instanceof Deno.errors.AddrInUse) return `${address} is in use by another process`;
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return `${address} is no address of this machine`;
  }
  return `cannot listen on ${address}: ${error instanceof Error ? error.message : String(error)}`;
}
