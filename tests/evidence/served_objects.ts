/**
 * The store of a room over the network, for those who have a link or a form.
 *
 * @module
 */
import { NO_RULES } from "../../src/s3api/access_rules.ts";
import { Credentials } from "../../src/s3api/credentials.ts";
import { createS3Handler } from "../../src/s3api/handler.ts";
import { unknownRequest } from "../../src/telemetry/request_facts.ts";
import type { GrantedUpload } from "../../src/evidence/uploads.ts";
import { type Room, SIGNER } from "./attachment_room.ts";

/** A door to the objects. */
export interface ServedObjects extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
}

/** Serves the bucket of a room to whoever signs as evidence does. */
export function serveObjects({ fixture }: Pick<Room, "fixture">): ServedObjects {
  const { accessKeyId, secretAccessKey } = SIGNER;
  const user = {
    ...{ kind: "user", accessKeyId, name: "evidence" } as const,
    ...{ buckets: new Set(["b"]), mayCreateBuckets: false },
  };
  const handler = createS3Handler({
    services: {
      storage: fixture.storage,
      region: "us-east-1",
      maxObjectSize: 5 * 1_024 ** 3,
      stallTimeout: 60_000,
    },
    credentials: new Credentials([{ secret: secretAccessKey, user }]),
    rules: { ...NO_RULES, owners: new Map([["b", user.name]]) },
  });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request, { remoteAddr, completed }) =>
      handler(request, {
        remoteAddress: remoteAddr.hostname,
        facts: unknownRequest(),
        completed,
      }),
  );
  return {
    endpoint: `http://127.0.0.1:${server.addr.port}`,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

/** Sends a file as a browser does. Resolves with the status. */
export async function sendFile(
  { fields, headers, method, url }: GrantedUpload,
  content: string | Uint8Array<ArrayBuffer>,
  changed: Readonly<Record<string, string>> = {},
): Promise<number> {
  const response = await fetch(url, {
    method,
    ...method === "PUT"
      ? { headers: { ...headers, ...changed }, body: content }
      : { body: form({ ...fields, ...changed }, content) },
  });
  await response.body?.cancel();
  return response.status;
}

function form(
  fields: Readonly<Record<string, string>>,
  content: string | Uint8Array<ArrayBuffer>,
): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) data.append(name, value);
  data.append("file", new Blob([content]), "C:\\fakepath\\x.html");
  return data;
}
