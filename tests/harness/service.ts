import type { S3Client } from "@aws-sdk/client-s3";
import type { AccessRules } from "../../src/s3api/access_rules.ts";
import { Credentials, type User } from "../../src/s3api/credentials.ts";
import { createS3Handler } from "../../src/s3api/handler.ts";
import type { Storage } from "../../src/storage/storage.ts";
import { type RequestFacts, unknownRequest } from "../../src/telemetry/request_facts.ts";
import { s3Client } from "./client.ts";
import { openStorage, type StorageFixtureOptions } from "./storage.ts";

/** The S3 API in this process, on a port of its own, over a fresh storage with the bucket `b`. */
export interface Service extends AsyncDisposable {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string;
  /** Signs as the first of the users, or as anybody where authentication is off. */
  readonly client: S3Client;
  /** A client that signs as one of the users. */
  clientOf(accessKeyId: string): S3Client;
  readonly storage: Storage;
  /** What was written down of the requests, in the order of their coming. */
  readonly facts: readonly RequestFacts[];
}

export interface ServiceOptions extends StorageFixtureOptions {
  /** `us-east-1` without it. */
  readonly region?: string;
  /** Who may come in, each with {@link SECRET}; without it, authentication is off. */
  readonly users?: readonly User[];
  /** Bytes; 5 GiB without it. */
  readonly maxObjectSize?: number;
  /** What the configuration says about access; nothing without it. */
  readonly rules?: AccessRules;
}

/** The secret of every user's access key. */
export const SECRET = "service-test-secret";

/** Starts a service. Disposing of it ends its clients, its server and its storage. */
export async function startService(options: ServiceOptions = {}): Promise<Service> {
  const { region = "us-east-1", users, maxObjectSize = 5 * 1_024 ** 3, rules } = options;
  const fixture = await openStorage(options);
  const handler = createS3Handler({
    services: { storage: fixture.storage, region, maxObjectSize, stallTimeout: 60_000 },
    credentials: users ? new Credentials(users.map((user) => ({ secret: SECRET, user }))) : "off",
    rules,
  });
  const written: RequestFacts[] = [];
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    (request, { remoteAddr, completed }) => {
      const facts = unknownRequest();
      written.push(facts);
      return handler(request, { remoteAddress: remoteAddr.hostname, facts, completed });
    },
  );
  const endpoint = `http://127.0.0.1:${server.addr.port}`;
  const clients: S3Client[] = [];
  const clientOf = (accessKeyId: string) => {
    const client = s3Client({ endpoint, accessKeyId, secretAccessKey: SECRET }, { region });
    clients.push(client);
    return client;
  };
  return {
    endpoint,
    client: clientOf(users?.[0].accessKeyId ?? "anybody"),
    clientOf,
    storage: fixture.storage,
    facts: written,
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy();
      await server.shutdown();
      await fixture[Symbol.asyncDispose]();
    },
  };
}

/** A test that runs against a service of its own. */
export function serviceTest(
  name: string,
  run: (service: Service) => Promise<void>,
  options: ServiceOptions = {},
): void {
  Deno.test(name, async () => {
    await using service = await startService(options);
    await run(service);
  });
}
