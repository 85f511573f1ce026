import assert from "node:assert/strict";
import { rawRequest } from "../../harness/raw_http.ts";
import { presignedUrl, type RawRequest, serialize, sign } from "../../harness/raw_signing.ts";
import { accessKey, credentials } from "../../s3api/endpoint.ts";
import { type LogEndpoint, serveLog } from "../log_endpoint.ts";

const [WRITER, READER, NOBODY] = [accessKey("writer"), accessKey("reader"), accessKey("nobody")];
const TOKEN = "t0ken+/=";
const TOKEN_USER = { ...accessKey("token").user, name: "token", accessKeyId: "" };
const [HEAD, EVENTS] = ["/-/api/v1/log/head", "/-/api/v1/log/events"];
const EVENT = new TextEncoder().encode('{"type":"t","aggregate_id":"a","payload":1}');

type Key = ReturnType<typeof accessKey>;

function serve(): Promise<LogEndpoint> {
  return serveLog({
    credentials: credentials([WRITER, READER, NOBODY], { token: TOKEN, user: TOKEN_USER }),
    grants: [
      { name: "reader", scopes: ["log:read"] },
      { name: "writer", scopes: ["log:append"] },
      { name: "token", scopes: ["log:read", "log:append"] },
      { name: "machine", scopes: ["log:append"] },
      { name: "chief", scopes: ["admin"] },
      { name: "nobody", scopes: ["evidence:read"] },
    ],
    tokens: [{ name: "machine", token: "of-the-machine" }, {
      name: "chief",
      token: "of-the-chief",
    }],
  });
}

function read(...headers: RawRequest["headers"]): RawRequest {
  return { method: "GET", target: HEAD, headers, body: new Uint8Array() };
}

function write(...headers: RawRequest["headers"]): RawRequest {
  const type = ["Content-Type", "application/json"] as const;
  return { method: "POST", target: EVENTS, headers: [type, ...headers], body: EVENT };
}

function signed(endpoint: LogEndpoint, request: RawRequest, key: Key, payload?: string) {
  const target = {
    endpoint: endpoint.origin,
    accessKeyId: key.user.accessKeyId,
    secretAccessKey: key.secret,
  };
  return sign(request, target, payload).request;
}

function presigned({ origin }: LogEndpoint, path: string, key: Key): string {
  const { user: { accessKeyId }, secret } = key;
  const url = presignedUrl({ endpoint: origin, accessKeyId, secretAccessKey: secret }, "GET", path);
  return url.slice(origin.length);
}

async function send({ origin }: LogEndpoint, request: RawRequest) {
  const host = ["Host", new URL(origin).host] as const;
  const hasHost = request.headers.some(([name]) => name === "Host");
  const headers = [...request.headers, ...hasHost ? [] : [host], ["Connection", "close"] as const];
  const answer = await rawRequest(origin, serialize({ ...request, headers }));
  assert.ok(typeof answer === "object", `${answer}`);
  return answer;
}

/** Ways in, what is sent over each, and how it is answered. */
const WAYS: readonly {
  readonly name: string;
  readonly request: (endpoint: LogEndpoint) => RawRequest;
  readonly status: number;
}[] = [
  { name: "nothing", request: () => read(), status: 401 },
  { name: "a signature", request: (e) => signed(e, read(), READER), status: 200 },
  { name: "a signature of a writer", request: (e) => signed(e, write(), WRITER), status: 201 },
  { name: "reading as a writer", request: (e) => signed(e, read(), WRITER), status: 403 },
  { name: "writing as a reader", request: (e) => signed(e, write(), READER), status: 403 },
  { name: "a user without rights", request: (e) => signed(e, read(), NOBODY), status: 403 },
  {
    name: "a wrong secret",
    request: (e) => signed(e, read(), { ...READER, secret: "wrong" }),
    status: 401,
  },
  { name: "an unknown key", request: (e) => signed(e, read(), accessKey("who")), status: 401 },
  {
    name: "a presigned URL",
    request: (e) => ({ ...read(), target: presigned(e, HEAD, READER) }),
    status: 200,
  },
  {
    name: "a presigned URL for something else",
    request: (e) => ({ ...read(), target: presigned(e, EVENTS, READER).replace(EVENTS, HEAD) }),
    status: 401,
  },
  {
    name: "a bearer token",
    request: () => read(["Authorization", `Bearer ${TOKEN}`]),
    status: 200,
  },
  {
    name: "a bearer token in other case",
    request: () => write(["authorization", `bearer  ${TOKEN}`]),
    status: 201,
  },
  {
    name: "a token of the API",
    request: () => write(["Authorization", "Bearer of-the-machine"]),
    status: 201,
  },
  {
    name: "a token of the API that may only append",
    request: () => read(["Authorization", "Bearer of-the-machine"]),
    status: 403,
  },
  {
    name: "the token of an admin",
    request: () => read(["Authorization", "Bearer of-the-chief"]),
    status: 200,
  },
  {
    name: "a token of the API in the legacy header",
    request: () => read(["X-Proxy-Token", "of-the-chief"]),
    status: 401,
  },
  { name: "a wrong token", request: () => read(["Authorization", "Bearer wrong"]), status: 401 },
  { name: "an empty token", request: () => read(["Authorization", "Bearer "]), status: 401 },
  { name: "another scheme", request: () => read(["Authorization", "Basic YTpi"]), status: 401 },
  { name: "the legacy header", request: () => write(["X-Proxy-Token", TOKEN]), status: 201 },
  { name: "the legacy header, wrong", request: () => write(["X-Proxy-Token", "x"]), status: 401 },
  {
    name: "a payload that is not signed",
    request: (e) => signed(e, write(), WRITER, "UNSIGNED-PAYLOAD"),
    status: 201,
  },
  {
    name: "a body that is not what was signed",
    request: (e) => ({ ...signed(e, write(), WRITER), body: EVENT.toReversed() }),
    status: 400,
  },
  {
    name: "a body that was signed empty",
    request: (e) => ({ ...signed(e, { ...write(), body: new Uint8Array() }, WRITER), body: EVENT }),
    status: 400,
  },
];

Deno.test("each way in is answered as it should be, and tells nothing", async (t) => {
  await using endpoint = await serve();
  const size = async () => {
    const { body } = await send(endpoint, signed(endpoint, read(), READER));
    return JSON.parse(new TextDecoder().decode(body)).size;
  };
  for (const { name, request, status } of WAYS) {
    await t.step(`who comes by ${name} is answered ${status}`, async () => {
      const before = await size();
      const answer = await send(endpoint, request(endpoint));
      const text = new TextDecoder().decode(answer.body);
      assert.equal(answer.status, status, text);
      assert.equal(answer.headers.has("www-authenticate"), status === 401);
      assert.equal(await size(), status === 201 ? before + 1 : before);
      if (status < 400) return;
      assert.equal(answer.headers.get("content-type"), "application/problem+json");
      assert.ok(!text.includes(TOKEN) && !text.includes("secret-of"), text);
    });
  }
});

Deno.test("a query is part of what is signed, and its parameters are not the API's", async () => {
  await using endpoint = await serve();
  await send(endpoint, signed(endpoint, write(), WRITER));
  const target = `${EVENTS}?aggregate_id=a&limit=1`;
  const answer = await send(endpoint, signed(endpoint, { ...read(), target }, READER));
  assert.equal(answer.status, 200);
  const changed = {
    ...signed(endpoint, { ...read(), target }, READER),
    target: `${EVENTS}?aggregate_id=a&limit=2`,
  };
  assert.equal((await send(endpoint, changed)).status, 401);
  assert.equal(
    (await send(endpoint, { ...read(), target: presigned(endpoint, EVENTS, READER) })).status,
    200,
  );
});

Deno.test("where authentication is off everybody may read and append", async () => {
  await using endpoint = await serveLog({ credentials: "off" });
  assert.equal((await send(endpoint, write())).status, 201);
  assert.equal((await send(endpoint, read(["Authorization", "Bearer anything"]))).status, 200);
  assert.equal(endpoint.facts[0]?.operation, "AppendEvent");
});

Deno.test("the log line of a request says who sent it, and what for", async () => {
  await using endpoint = await serve();
  await send(endpoint, signed(endpoint, read(), READER));
  await send(endpoint, signed(endpoint, write(), READER));
  assert.deepEqual(
    endpoint.facts.map(({ operation, user, code }) => [operation, user, code]),
    [["GetLogHead", "reader", ""], ["AppendEvent", "reader", "forbidden"]],
  );
});
