import { request } from "undici";
import type { S3Target } from "../harness/client.ts";

/** Headers that a store without conditional writes passes over. */
const CONDITIONS: ReadonlySet<string> = new Set(["if-match", "if-none-match"]);

/** Headers that belong to one connection. */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  "connection",
  "expect",
  "keep-alive",
  "transfer-encoding",
]);

/**
 * Makes an S3 store one that knows nothing of conditional requests: what it is sent passes through
 * as it is, `Host` and signature included, but for `If-Match` and `If-None-Match`.
 */
export function carelessStore(store: S3Target): Promise<S3Target & AsyncDisposable> {
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (incoming) => {
      const target = incoming.url.slice(incoming.url.indexOf("/", "http://".length));
      const answer = await request(`${store.endpoint}${target}`, {
        method: methodOf(incoming),
        headers: Object.fromEntries(
          [...incoming.headers].filter(([name]) =>
            !CONDITIONS.has(name) && !OF_THE_CONNECTION.has(name)
          ),
        ),
        body: incoming.body === null ? undefined : new Uint8Array(await incoming.arrayBuffer()),
      });
      const headers = new Headers();
      for (const [name, value] of Object.entries(answer.headers)) {
        if (!OF_THE_CONNECTION.has(name)) headers.set(name, String(value));
      }
      const hasBody = answer.statusCode !== 204 && answer.statusCode !== 304;
      const body = new Uint8Array(await answer.body.arrayBuffer());
      return new Response(hasBody ? body : null, { status: answer.statusCode, headers });
    },
  );
  return Promise.resolve({
    ...store,
    endpoint: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  });
}

const METHODS = ["GET", "HEAD", "PUT", "POST", "DELETE"] as const;

function methodOf({ method }: Request): typeof METHODS[number] {
  const known = METHODS.find((each) => each === method);
  if (known === undefined) throw new Error(`no S3 request is ${method}`);
  return known;
}
