import assert from "node:assert/strict";
import { connect, createServer, type Server, type Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { DatabaseConfig } from "../../src/config/config.ts";
import { openDatabase } from "../../src/metadata/connect.ts";
import { type PostgresAddress, startPostgres } from "../harness/postgres.ts";

const CERTIFICATES = new URL("../cli/certificates/", import.meta.url);

/** PostgreSQL behind TLS: takes the request for it as PostgreSQL does, and passes the rest on. */
async function withTls(target: PostgresAddress): Promise<Server & { port: number }> {
  const [cert, key] = await Promise.all(
    ["first.crt", "first.key"].map((name) => Deno.readTextFile(new URL(name, CERTIFICATES))),
  );
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once("data", () => {
      socket.write("S");
      const encrypted = new TLSSocket(socket, { isServer: true, cert, key });
      const plain = connect({ host: target.host, port: target.port });
      sockets.add(plain);
      encrypted.on("error", () => plain.destroy()).pipe(plain);
      plain.on("error", () => encrypted.destroy()).pipe(encrypted);
    });
    socket.on("error", () => {});
  });
  server.on("close", () => sockets.forEach((socket) => socket.destroy()));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return Object.assign(server, { port: address.port });
}

async function open(
  { user, password, database }: PostgresAddress,
  port: number,
  ssl_mode: DatabaseConfig["ssl_mode"],
): Promise<number> {
  const opened = await openDatabase({
    data_dir: "./unused",
    database: {
      host: "127.0.0.1",
      port,
      user,
      password,
      database,
      ssl_mode,
      max_conns: 5,
      min_conns: 1,
      max_conn_lifetime: 300_000,
    },
  });
  try {
    const [row] = await opened.sql<{ one: number }[]>`SELECT 1 AS one`;
    return row!.one;
  } finally {
    await opened.close();
  }
}

Deno.test("each ssl_mode encrypts, falls back or refuses as libpq's does", async () => {
  await using postgres = await startPostgres();
  const address = await postgres.createDatabase();
  const tls = await withTls(address);
  for (const mode of ["allow", "prefer", "require"] as const) {
    assert.equal(await open(address, tls.port, mode), 1, `${mode} with TLS`);
  }
  for (const mode of ["verify-ca", "verify-full"] as const) {
    await assert.rejects(open(address, tls.port, mode), `${mode} with an unknown certificate`);
  }
  for (const mode of ["disable", "allow", "prefer"] as const) {
    assert.equal(await open(address, address.port, mode), 1, `${mode} without TLS`);
  }
  for (const mode of ["require", "verify-ca", "verify-full"] as const) {
    await assert.rejects(open(address, address.port, mode), /has no TLS, which ssl_mode/);
  }
  await new Promise((closed) => {
    tls.close(closed);
    tls.emit("close");
  });
});
