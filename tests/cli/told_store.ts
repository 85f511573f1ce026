/**
 * An S3 store that answers as it is told, for what no real one does on demand.
 *
 * @module
 */

/** A request as it came. */
export interface ToldRequest {
  readonly method: string;
  /** Of the bucket and beyond: `/b/key`. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: string;
}

/** Runs a test against a store that follows the script. */
export async function withStore(
  script: (request: ToldRequest) => Response,
  run: (endpoint: string, seen: readonly ToldRequest[]) => Promise<void>,
): Promise<void> {
  const seen: ToldRequest[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      const { pathname, searchParams } = new URL(request.url);
      const told: ToldRequest = {
        method: request.method,
        path: pathname,
        query: searchParams,
        headers: request.headers,
        body: await request.text(),
      };
      seen.push(told);
      return script(told);
    },
  );
  try {
    await run(`http://127.0.0.1:${server.addr.port}`, seen);
  } finally {
    await server.shutdown();
  }
}

/** An error document of S3. */
export function refusal(status: number, code: string): Response {
  const body = `<Error><Code>${code}</Code><Message>told so</Message></Error>`;
  return new Response(body, { status, headers: { "content-type": "application/xml" } });
}
