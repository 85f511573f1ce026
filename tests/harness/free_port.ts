/** Below the ports that systems give to outgoing connections, so that none takes it meanwhile. */
const LOWEST = 18_000;
const HIGHEST = 32_000;

/** A TCP port on 127.0.0.1 on which nobody listens. */
export function freePort(): number {
  for (;;) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    try {
      Deno.listen({ hostname: "127.0.0.1", port }).close();
      return port;
    } catch (error) {
      if (!(error instanceof Deno.errors.AddrInUse)) throw error;
    }
  }
}
