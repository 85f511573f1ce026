import assert from "node:assert/strict";
import { RawConnection, rawRequest } from "./raw_http.ts";

/** Answers each connection with the same bytes, whatever it sends. */
function answering(answer: string) {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const served = (async () => {
    for await (const connection of listener) {
      await connection.read(new Uint8Array(1024));
      await connection.write(new TextEncoder().encode(answer));
      connection.close();
    }
  })();
  return {
    endpoint: `http://127.0.0.1:${listener.addr.port}`,
    async [Symbol.asyncDispose]() {
      listener.close();
      await served;
    },
  };
}

const ANSWERS = [
  ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", 200, "hi"],
  [
    "chunks",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\n\r\n",
    200,
    "hi",
  ],
  ["the end of the connection", "HTTP/1.1 400 Bad\r\n\r\nhi", 400, "hi"],
  ["a 100 before it", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No\r\n\r\n", 204, ""],
] as const;

for (const [delimited, answer, status, body] of ANSWERS) {
  Deno.test(`rawRequest reads an answer delimited by ${delimited}`, async () => {
    await using server = answering(answer);
    const outcome = await rawRequest(server.endpoint, "GET / HTTP/1.1\r\n\r\n");
    assert(typeof outcome === "object");
    assert.equal(outcome.status, status);
    assert.equal(new TextDecoder().decode(outcome.body), body);
  });
}

Deno.test("rawRequest tells a closed connection from one that stays silent", async () => {
  await using server = answering("");
  assert.equal(await rawRequest(server.endpoint, "x"), "closed");
  assert.equal(await rawRequest(server.endpoint, "", { limit: 50 }), "no answer");
});

Deno.test("RawConnection reads two answers that arrive together", async () => {
  const one = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n";
  await using server = answering(`${one}a${one}b`);
  using connection = await RawConnection.open(server.endpoint);
  await connection.send("x");
  for (const expected of ["a", "b"]) {
    const outcome = await connection.receive();
    assert(typeof outcome === "object");
    assert.equal(new TextDecoder().decode(outcome.body), expected);
  }
});
