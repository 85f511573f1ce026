import type { ListenAddress } from "../../config/fields.ts";
import { OpenServer, type ServerOptions } from "./open_server.ts";

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
   * Takes no more requests and waits for those that run.
   *
   * @param patience milliseconds; what then still runs is cut off
   */
  close(patience: number): Promise<void>;
}

/**
 * How long bodies that come in under a certificate may take after it was replaced; and then again,
 * while new requests that meet the old server are turned away. Milliseconds.
 */
const RETIREMENT = 30_000;

/**
 * Listens, together with the other threads of this process that listen on the same address.
 *
 * @throws {Deno.errors.AddrInUse} and other errors of the system
 */
export function listen(options: ServerOptions): Listener {
  let current = new OpenServer(options);
  const { port } = current;
  const retiring = new Set<OpenServer>();

  return {
    port,
    use(certificate) {
      const old = current;
      current = new OpenServer({ ...options, address: { ...options.address, port }, certificate });
      retiring.add(old);
      old.close(RETIREMENT, RETIREMENT).finally(() => retiring.delete(old));
    },
    async close(patience) {
      await Promise.all([current, ...retiring].map((server) => server.close(patience)));
    },
  };
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
