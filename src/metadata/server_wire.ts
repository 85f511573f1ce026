import { connect, isIP, type Socket } from "node:net";
import { connect as secure, type TLSSocket } from "node:tls";
import type { DatabaseConfig } from "../config/config.ts";
import type { OpenWire, Wire, WireEvents } from "./driver_connection.ts";

/** Source: PostgreSQL, "Message Formats", `SSLRequest`: its length and its code. */
const SSL_REQUEST = new Uint8Array([0, 0, 0, 8, 4, 210, 22, 47]);

const YES = "S".charCodeAt(0);

type SslMode = DatabaseConfig["ssl_mode"];

/** What each of libpq's modes asks for. Source: libpq, "SSL Support". */
const MODES: Readonly<
  Record<
    SslMode,
    { readonly tls: "no" | "wanted" | "needed"; readonly verify: "no" | "chain" | "name" }
  >
> = {
  disable: { tls: "no", verify: "no" },
  // libpq tries without TLS first. A server that takes both is the same to it either way.
  allow: { tls: "wanted", verify: "no" },
  prefer: { tls: "wanted", verify: "no" },
  require: { tls: "needed", verify: "no" },
  "verify-ca": { tls: "needed", verify: "chain" },
  "verify-full": { tls: "needed", verify: "name" },
};

/** Between probes of a connection on which nothing happens. Milliseconds. */
const KEEP_ALIVE = 60_000;

/**
 * Opens connections to a PostgreSQL server.
 *
 * @param patience how long opening one may take, in milliseconds
 */
export function serverWire(
  { host, port, ssl_mode }: Pick<DatabaseConfig, "host" | "port" | "ssl_mode">,
  patience: number,
): OpenWire {
  return async (events) => {
    const socket = connect({ host, port });
    const timer = setTimeout(
      () => socket.destroy(new Error(`${host}:${port} did not answer in time`)),
      patience,
    );
    try {
      await happens(socket, "connect");
      socket.setNoDelay(true);
      socket.setKeepAlive(true, KEEP_ALIVE);
      return wireOver(await negotiated(socket, host, ssl_mode), events);
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  };
}

async function negotiated(socket: Socket, host: string, mode: SslMode): Promise<Socket> {
  const { tls, verify } = MODES[mode];
  if (tls === "no") return socket;
  socket.write(SSL_REQUEST);
  const answer = await happens(socket, "data");
  if (!(answer instanceof Uint8Array) || answer[0] !== YES) {
    if (tls === "wanted") return socket;
    throw new Error(`the database on ${host} has no TLS, which ssl_mode ${mode} asks for`);
  }
  const encrypted: TLSSocket = secure({
    socket,
    host,
    // An address has no name to ask for; the certificate must name the address itself.
    servername: isIP(host) === 0 ? host : undefined,
    rejectUnauthorized: verify !== "no",
    ...(verify === "name" ? undefined : { checkServerIdentity: () => undefined }),
  });
  await happens(encrypted, "secureConnect");
  return encrypted;
}

/** Resolves with what an event brings; rejects when the socket fails or closes before that. */
function happens(socket: Socket, event: "connect" | "data" | "secureConnect"): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  const closed = () => reject(new Error("the database closed the connection"));
  socket.once(event, resolve).once("error", reject).once("close", closed);
  return promise.finally(() => {
    socket.off(event, resolve).off("error", reject).off("close", closed);
  });
}

function wireOver(socket: Socket, events: WireEvents): Wire {
  let failure: Error | undefined;
  socket
    .on("data", (bytes: Uint8Array) => events.received(bytes))
    .on("drain", () => events.drained())
    .on("error", (error) => failure = error)
    .on("close", () => events.closed(failure));
  return {
    write: (bytes) => socket.write(bytes),
    end: () => socket.end(),
    destroy: () => void socket.destroy(),
    pause: () => void socket.pause(),
    resume: () => void socket.resume(),
  };
}
