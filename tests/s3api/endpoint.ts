import { type AccessKey, Credentials, type ProxyToken } from "../../src/s3api/credentials.ts";
import { createS3Handler, type S3HandlerOptions } from "../../src/s3api/handler.ts";
import type { Services } from "../../src/s3api/operation.ts";
import { type RequestFacts, unknownRequest } from "../../src/telemetry/request_facts.ts";
import type { S3Target } from "../harness/client.ts";
import {
  openStorage,
  type StorageFixture,
  type StorageFixtureOptions,
} from "../harness/storage.ts";

/** A served S3 API over a storage room of its own, with the bucket `b`. */
export interface TestEndpoint extends AsyncDisposable {
  /** `http://127.0.0.1:port`. */
  readonly url: string;
  readonly port: number;
  readonly fixture: StorageFixture;
  /** What was written down of the requests, in the order of their coming. */
  readonly facts: readonly RequestFacts[];
  /** How many bytes all backends believe to hold. */
  bytesUsed(): Promise<number>;
}

export interface TestEndpointOptions
  extends
    StorageFixtureOptions,
    Partial<Pick<S3HandlerOptions, "credentials" | "domain" | "downloadLimits">>,
    Partial<Omit<Services, "storage" | "downloads">> {}

/** A user with a key, who may use the bucket `b` and create others, unless told otherwise. */
export function accessKey(name: string, user: Partial<AccessKey["user"]> = {}): AccessKey {
  return {
    secret: `secret-of-${name}`,
    user: {
      kind: "user",
      name,
      accessKeyId: `KEY${name.toUpperCase()}`,
      buckets: new Set(["b"]),
      mayCreateBuckets: true,
      ...user,
    },
  };
}

/** Credentials of some keys. */
export function credentials(keys: readonly AccessKey[], token?: ProxyToken): Credentials {
  return new Credentials(keys, token);
}

/** Where a key leads to. */
export function targetOf({ url }: { readonly url: string }, key: AccessKey): S3Target {
  return { endpoint: url, accessKeyId: key.user.accessKeyId, secretAccessKey: key.secret };
}

/** Serves the S3 API; with authentication off unless there are credentials. */
export async function openEndpoint(options: TestEndpointOptions = {}): Promise<TestEndpoint> {
  const { region = "us-east-1", maxObjectSize = 5 * 1_024 ** 3, stallTimeout = 60_000 } = options;
  const fixture = await openStorage(options);
  const services = { storage: fixture.storage, region, maxObjectSize, stallTimeout };
  const handler = createS3Handler({
    services,
    credentials: options.credentials ?? "off",
    domain: options.domain,
    downloadLimits: options.downloadLimits,
  });
  const written: RequestFacts[] = [];
  const server = Deno.serve(
    { port: 0, hostname: "127.0.0.1", onListen: () => {} },
    (request, { completed }) => {
      const facts = unknownRequest();
      written.push(facts);
      return handler(request, { remoteAddress: "127.0.0.1", facts, completed });
    },
  );
  const { port } = server.addr;

  return {
    url: `http://127.0.0.1:${port}`,
    port,
    fixture,
    facts: written,
    async bytesUsed() {
      // What was displaced counts until it has been deleted.
      await fixture.storage.context.deletions.idle();
      const rows = await fixture
        .sql`SELECT coalesce(sum(bytes_used), 0) AS used FROM backend_quotas`;
      return Number(rows[0].used);
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await fixture[Symbol.asyncDispose]();
    },
  };
}

/** The `Code` of an error's document. */
export async function errorCode(response: Response): Promise<string | undefined> {
  return /<Code>([^<]*)<\/Code>/.exec(await response.text())?.[1];
}
