import assert from "node:assert/strict";
import type { Scope } from "../../../src/config/scopes.ts";
import { Credentials } from "../../../src/s3api/credentials.ts";
import { sendFile } from "../../evidence/served_objects.ts";
import { send } from "../evidence_endpoint.ts";
import {
  type AttachmentEndpoint,
  type AttachmentEndpointOptions,
  put,
  serveAttachments,
} from "./attachment_endpoint.ts";

function endpointTest(
  name: string,
  run: (endpoint: AttachmentEndpoint) => Promise<void>,
  options?: AttachmentEndpointOptions,
): void {
  Deno.test(name, async () => {
    await using endpoint = await serveAttachments(options);
    await run(endpoint);
  });
}

async function answer<T = Record<string, unknown>>(
  sent: ReturnType<typeof send>,
): Promise<readonly [number, T]> {
  const response = await sent;
  // The tests say what they expect.
  return [response.status, response.json() as T];
}

endpointTest("a link is answered with its URL and the moment of its end", async (endpoint) => {
  await put(endpoint, "a", "hello");
  for (
    const [body, text] of [[{}, /"evidence_data": \{\}/], [{ attachment: "a" }, /^hello$/]] as const
  ) {
    const [status, link] = await answer<{ url: string; method: string; expires_at: string }>(
      send("POST", `${endpoint.decisionUrl}/links`, { expires_in: 60, method: "GET", ...body }),
    );
    assert.deepEqual([status, link.method], [201, "GET"]);
    const left = Date.parse(link.expires_at) - Date.now();
    assert.ok(left > 0 && left <= 60_000);
    assert.match(await (await fetch(link.url)).text(), text);
  }
});

const BAD_LINKS: readonly (readonly [unknown, string])[] = [
  [{ expires_in: 60, method: "PUT" }, "method"],
  [{ expires_in: 60, method: "DELETE" }, "method"],
  [{ expires_in: 0, method: "GET" }, "expires_in"],
  [{ expires_in: 604_801, method: "GET" }, "expires_in"],
  [{ expires_in: 1.5, method: "GET" }, "expires_in"],
  [{ expires_in: "60", method: "GET" }, "expires_in"],
  [{ method: "GET" }, "expires_in"],
  [{ expires_in: 60, attachment: "../x" }, "attachment"],
  [{ expires_in: 60, attachment: "a", version: "1.0" }, "version"],
  [{ expires_in: 60, version: "a b" }, "version"],
  [{ expires_in: 60, endpoint: "http://evil" }, ""],
  [[], ""],
];

endpointTest(
  "no link is made that would change anything, or that is not well asked for",
  async (endpoint) => {
    for (const [body, field] of BAD_LINKS) {
      const [status, problem] = await answer<{ code: string; errors: { field: string }[] }>(
        send("POST", `${endpoint.decisionUrl}/links`, body),
      );
      assert.deepEqual(
        [status, problem.code, problem.errors.map((error) => error.field)],
        [400, "invalidRequest", [field]],
        JSON.stringify(body),
      );
    }
    const [, { detail }] = await answer(
      send("POST", `${endpoint.decisionUrl}/links`, { expires_in: 60, method: "PUT" }),
    );
    assert.match(String(detail), /by no link is evidence changed/);
  },
);

interface UploadJson {
  readonly upload_id: string;
  readonly method: "POST" | "PUT";
  readonly url: string;
  readonly fields?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly expires_at: string;
  readonly complete: string;
}

for (const asked of [{ method: "POST", max_bytes: 10 }, { method: "PUT", size: 5 }] as const) {
  endpointTest(
    `a browser sends an attachment with ${asked.method}, which is then completed`,
    async (endpoint) => {
      const body = { name: "ä.png", content_type: "image/png", expires_in: 60, ...asked };
      const [status, upload] = await answer<UploadJson>(
        send("POST", `${endpoint.decisionUrl}/uploads`, body),
      );
      assert.equal(status, 201);
      const { expires_at, upload_id: uploadId, ...granted } = upload;
      const completeUrl = `${endpoint.origin}${upload.complete}`;
      const [early] = await answer(send("POST", completeUrl));
      assert.equal(early, 409);
      const sent = await sendFile(
        { ...granted, uploadId, expiresAt: new Date(expires_at) },
        "hello",
      );
      assert.ok([200, 201].includes(sent));
      const [completed, kept] = await answer(send("POST", completeUrl));
      assert.deepEqual([completed, kept["name"], kept["size"]], [201, "ä.png", 5]);
      assert.deepEqual(await answer(send("POST", completeUrl)), [200, kept]);
      const response = await fetch(`${endpoint.decisionUrl}/attachments/%C3%A4.png`);
      assert.deepEqual(
        [await response.text(), response.headers.get("content-type")],
        ["hello", "image/png"],
      );
    },
  );
}

const BAD_UPLOADS: readonly unknown[] = [
  { name: "a", method: "POST" },
  { name: "a", method: "POST", size: 1 },
  { name: "a", method: "PUT", max_bytes: 1 },
  { name: "a", method: "DELETE", size: 1 },
  { name: "a", method: "PUT", size: -1 },
  { name: "a", method: "PUT", size: 1_001 },
  { name: "a", method: "PUT", size: 1, content_type: "text/plain\r\nx-evil: 1" },
  { name: "../a", method: "PUT", size: 1 },
  { name: "a", method: "PUT", size: 1, expires_in: 604_801 },
];

endpointTest("an upload that is not well asked for is refused", async (endpoint) => {
  for (const body of BAD_UPLOADS) {
    const [status, problem] = await answer(send("POST", `${endpoint.decisionUrl}/uploads`, body));
    assert.deepEqual([status, problem["code"]], [400, "invalidRequest"], JSON.stringify(body));
  }
  const complete = `${endpoint.decisionUrl}/uploads`;
  assert.equal((await answer(send("POST", `${complete}/x/complete`)))[0], 400);
  assert.equal((await answer(send("POST", `${complete}/${crypto.randomUUID()}/complete`)))[0], 404);
}, { maxAttachment: 1_000 });

const SCOPES: readonly (readonly [string, string, Scope, unknown?])[] = [
  ["GET", "attachments", "evidence:read"],
  ["GET", "attachments/a", "evidence:read"],
  ["HEAD", "attachments/a", "evidence:read"],
  ["PUT", "attachments/a", "evidence:write", "x"],
  ["DELETE", "attachments/a", "evidence:delete"],
  ["POST", "links", "evidence:share", { expires_in: 60 }],
  ["POST", "uploads", "evidence:write", { name: "b", method: "PUT", size: 1 }],
  ["POST", `uploads/${crypto.randomUUID()}/complete`, "evidence:write"],
];

const EVERY_SCOPE: readonly Scope[] = [
  "evidence:read",
  "evidence:write",
  "evidence:delete",
  "evidence:share",
];

endpointTest("each route takes its own scope", async (endpoint) => {
  for (const [method, path, scope, body] of SCOPES) {
    for (const held of EVERY_SCOPE) {
      const { status } = await send(method, `${endpoint.decisionUrl}/${path}`, body, {
        authorization: `Bearer ${tokenOf(held)}`,
      });
      assert.equal(status === 403, held !== scope, `${method} ${path} with ${held}: ${status}`);
    }
  }
}, {
  credentials: new Credentials([]),
  tokens: ["admin" as const, ...EVERY_SCOPE].map((scope) => ({
    name: scope,
    token: tokenOf(scope),
  })),
  grants: ["admin" as const, ...EVERY_SCOPE].map((scope) => ({ name: scope, scopes: [scope] })),
});

/** A token has no colon. */
function tokenOf(scope: Scope): string {
  return scope.replace(":", "-");
}
