import assert from "node:assert/strict";
import { join } from "node:path";
import type { Credentials } from "../../../src/operator/kube/access.ts";
import { TrustedClient } from "../../../src/operator/kube/trusted_client.ts";

const CERTIFICATES = join(import.meta.dirname!, "..", "..", "cli", "certificates");
const read = (name: string) => Deno.readTextFileSync(join(CERTIFICATES, name));
const FIRST = { chain: read("first.crt"), key: read("first.key") };
const SECOND = { chain: read("second.crt"), key: read("second.key") };

Deno.test("connections are kept while only the token changes", () => {
  const credentials: Credentials = { authority: FIRST.chain, certificate: FIRST, token: "a" };
  using client = new TrustedClient(credentials);
  const cases: readonly [Credentials, boolean][] = [
    [{ ...credentials, certificate: { ...FIRST } }, true],
    [{ ...credentials, token: "b" }, true],
    [{ ...credentials, authority: SECOND.chain }, false],
    [{ ...credentials, certificate: SECOND }, false],
    [{ ...credentials, certificate: { ...FIRST, key: SECOND.key } }, false],
    [{ ...credentials, certificate: undefined }, false],
    [{}, false],
  ];
  for (const [other, isSame] of cases) assert.equal(client.isFor(other), isSame);
});

Deno.test("an answer that is under way goes on when its connections are given up", async () => {
  const rest = Promise.withResolvers<void>();
  const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
  await using server = Deno.serve(options, () => {
    async function* parts() {
      yield new TextEncoder().encode("one ");
      await rest.promise;
      yield new TextEncoder().encode("two");
    }
    return new Response(ReadableStream.from(parts()));
  });
  const client = new TrustedClient({});
  const answer = await fetch(`http://127.0.0.1:${server.addr.port}`, { client: client.http });
  client[Symbol.dispose]();
  rest.resolve();
  assert.equal(await answer.text(), "one two");
});
