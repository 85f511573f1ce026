import assert from "node:assert/strict";
import { inDirectory } from "../cli/holdfast.ts";
import { startHoldfast } from "../harness/server.ts";

const TOKEN = "a-token-that-no-log-may-hold";
const SECRET = "a-secret-that-no-log-may-hold";

type Line = Readonly<Record<string, unknown>>;

/** The lines of JSON about requests, without what differs from run to run. */
function requestLines(output: string): Line[] {
  return output.split("\n").filter((line) => line.startsWith("{"))
    .map((line): Line => JSON.parse(line))
    .filter(({ message }) => message === "request");
}

/** What a line says that is the same in every run; checks the form of the rest. */
function stable({ time, request_id, duration_ms, ...rest }: Line): Line {
  assert.match(String(time), /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.match(String(request_id), /^[0-9A-F]{16}$/);
  assert(typeof duration_ms === "number" && duration_ms > 0);
  return rest;
}

const COMMON = { level: "info", message: "request", bucket: "unified", remote: "127.0.0.1" };

Deno.test("every request is one line of JSON, which tells all but secrets", async () => {
  await inDirectory(async (directory) => {
    const config = {
      data_dir: directory,
      auth: { access_key_id: "KEY", secret_access_key: SECRET, token: TOKEN },
      telemetry: { logs: { format: "json" } },
    };
    await using server = await startHoldfast({ config });
    const call = async (target: string, init: RequestInit = {}) => {
      const response = await fetch(server.endpoint + target, init);
      const id = response.headers.get("x-amz-request-id");
      return { id, length: (await response.bytes()).length };
    };
    const headers = { "x-proxy-token": TOKEN };
    await call("/unified/a%0Akey", { method: "PUT", headers, body: "hello" });
    const listing = await call("/unified?list-type=2", { headers });
    const refused = await call(`/unified/k?X-Amz-Signature=${SECRET}`, {
      headers: { "x-proxy-token": `${TOKEN}-not` },
    });
    assert.equal(await server.stop(), 0);

    const lines = requestLines(server.output());
    assert.equal(lines[2].request_id, refused.id);
    assert.deepEqual(lines.map(stable), [
      {
        ...COMMON,
        method: "PUT",
        operation: "PutObject",
        key: "a\nkey",
        status: 200,
        bytes_in: 5,
        bytes_out: 0,
        user: "KEY",
      },
      {
        ...COMMON,
        method: "GET",
        operation: "ListObjectsV2",
        key: "",
        status: 200,
        bytes_in: 0,
        bytes_out: listing.length,
        user: "KEY",
      },
      {
        ...COMMON,
        method: "GET",
        operation: "GetObject",
        key: "k",
        status: 400,
        code: "AuthorizationQueryParametersError",
        bytes_in: 0,
        bytes_out: refused.length,
        user: "",
      },
    ]);
    assert.doesNotMatch(server.output(), new RegExp(`${TOKEN}|${SECRET}`));
  });
});
