import {
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { s3Client } from "../harness/client.ts";
import { RawConnection, type RawOutcome } from "../harness/raw_http.ts";
import { type RawRequest, serialize, sign } from "../harness/raw_signing.ts";
import { type Deployment, DISK } from "./deployments.ts";
import { eventually } from "./eventually.ts";
import { MEANING, mutatedBody, mutatedBytes } from "./fuzz_mutations.ts";
import { type Fixture, prepared, type Seed, seeds } from "./fuzz_seeds.ts";
import { PseudoRandom } from "./pseudo_random.ts";

const REQUESTS = 40_000;
const WARM_UP = 4_000;
const CONNECTIONS = 24;
/** How often what seeds refer to is made anew, since mutants may delete or complete it. */
const FIXTURE_LIFE = 1_000;
/** Given to a complete request before the sending side is closed. Milliseconds. */
const PATIENCE = 400;
/** An answer or the end of the connection must come within this. Milliseconds. */
const HANG = 20_000;
const GROWTH = 128 * 1024 * 1024;
const STEADY = { key: "steady", content: "as it was" };

Deno.test(`${REQUESTS} malformed requests neither crash, hang nor swell the server`, async () => {
  const seed = Number(Deno.env.get("FUZZ_SEED") ?? Math.floor(Math.random() * 2 ** 32));
  console.log(`seed ${seed}; FUZZ_SEED repeats it`);
  await using deployment = await DISK.start({ threads: 1, server: { stall_timeout: "2s" } });
  const [server] = deployment.servers;
  assert(server);
  const fuzzer = new Fuzzer(deployment, new PseudoRandom(seed));

  await fuzzer.run(WARM_UP);
  const before = await server.residentBytes();
  await fuzzer.run(REQUESTS - WARM_UP);
  const after = await server.residentBytes();

  console.log(fuzzer.summary(), `resident ${before >> 20} → ${after >> 20} MiB`);
  assert(!server.ended(), server.output());
  assert.doesNotMatch(server.output(), /panicked|Uncaught/);
  assert(after - before < GROWTH, `grew from ${before >> 20} to ${after >> 20} MiB`);
  await eventually(async () => {
    const [row] = await deployment.sql`
      SELECT sum(bytes_reserved)::int AS reserved FROM backend_quotas`;
    const [{ reserved } = { reserved: 0 }] = await deployment.sql<{ reserved: number }[]>`
      SELECT coalesce(sum(bytes_reserved), 0)::int AS reserved FROM multipart_uploads`;
    assert.deepEqual(row, { reserved });
  });
});

/** A request that was made to be wrong, with how it is told whether the answer is right. */
interface Mutant {
  readonly bytes: Uint8Array;
  readonly head: boolean;
  /** Whether it is clear to both sides where the request ends. */
  readonly delimited: boolean;
}

class Fuzzer {
  readonly #outcomes = new Map<string, number>();
  #fixture: Fixture | undefined;

  constructor(readonly deployment: Deployment, readonly random: PseudoRandom) {}

  async run(requests: number): Promise<void> {
    for (let done = 0; done < requests; done += FIXTURE_LIFE) {
      this.#fixture = await makeFixture(this.deployment);
      let left = Math.min(FIXTURE_LIFE, requests - done);
      const connections = Array.from({ length: CONNECTIONS }, async () => {
        while (left-- > 0) await this.#attempt();
      });
      const ended = await Promise.allSettled(connections);
      const fault = ended.find((end) => end.status === "rejected");
      if (fault) throw new Error(`${fault.reason}\n${this.#lastWords()}`);
    }
  }

  summary(): string {
    const sorted = [...this.#outcomes].sort(([a], [b]) => a < b ? -1 : 1);
    return sorted.map(([outcome, count]) => `${outcome}: ${count}`).join(", ");
  }

  async #attempt(): Promise<void> {
    const mutant = this.#mutant();
    using connection = await RawConnection.open(this.deployment.endpoint);
    const sent = connection.send(mutant.bytes);
    const receiving = connection.receive({ head: mutant.head, limit: HANG });
    const closing = setTimeout(() => connection.endSending(), PATIENCE);
    const outcome = await receiving;
    clearTimeout(closing);
    this.#judge(mutant, outcome);
    const answered = typeof outcome === "object" && outcome.headers.get("connection") !== "close";
    if (mutant.delimited && answered) await this.#followUp(connection, mutant);
    connection[Symbol.dispose]();
    await sent;
  }

  #judge(mutant: Mutant, outcome: RawOutcome): void {
    const label = typeof outcome === "object" ? String(outcome.status) : outcome;
    this.#outcomes.set(label, (this.#outcomes.get(label) ?? 0) + 1);
    assert.notEqual(outcome, "no answer", `hangs: ${shown(mutant)}`);
    if (typeof outcome !== "object" || outcome.status < 500) return;
    const body = new TextDecoder().decode(outcome.body);
    const honest = outcome.status === 501 && (mutant.head || body.includes("NotImplemented"));
    assert(honest, `${outcome.status} ${body} to: ${shown(mutant)}`);
  }

  /** What the server logged as errors, and where it crashed. */
  #lastWords(): string {
    const lines = this.deployment.servers.flatMap((server) => server.output().split("\n"));
    return lines.filter((line) => line && !line.includes('"level":"info"')).slice(-30).join("\n");
  }

  /** The next request on the same connection must be understood as what it is. */
  async #followUp(connection: RawConnection, mutant: Mutant): Promise<void> {
    const target = `/${this.deployment.bucket}/${STEADY.key}`;
    const get = { method: "GET", target, headers: [], body: new Uint8Array() };
    await connection.send(serialize(sign(get, this.deployment).request));
    const outcome = await connection.receive({ limit: HANG });
    if (outcome === "closed") return;
    assert(typeof outcome === "object", `no answer to what follows: ${shown(mutant)}`);
    const body = new TextDecoder().decode(outcome.body);
    assert.equal(`${outcome.status} ${body}`, `200 ${STEADY.content}`, `after: ${shown(mutant)}`);
  }

  #mutant(): Mutant {
    assert(this.#fixture);
    const { random } = this;
    let seed: Seed = random.pick(seeds(this.#fixture));
    const changes = random.below(4);
    for (let change = 0; change < changes; change++) {
      seed = { ...seed, ...random.pick(MEANING)(seed, random) };
    }
    let request = this.#signed(seed);
    if (seed.framing !== "hashed" && random.below(2)) request = mutatedBody(request, random);
    let bytes = serialize(request);
    const scrambled = changes === 0 || random.below(4) === 0;
    if (scrambled) bytes = mutatedBytes(bytes, random);
    return {
      bytes,
      head: request.method === "HEAD",
      delimited: !scrambled && isDelimited(request),
    };
  }

  #signed(seed: Seed): RawRequest {
    if (this.random.below(5) > 0) return prepared(seed, this.deployment);
    const host: [string, string] = ["Host", new URL(this.deployment.endpoint).host];
    return { ...seed, headers: [host, ...seed.headers] };
  }
}

function isDelimited({ method, target, headers }: RawRequest): boolean {
  const text = [method, target, ...headers.flat()].join("");
  const names = headers.map(([name]) => name.toLowerCase());
  const unclear = ["content-length", "transfer-encoding", "connection", "expect", "upgrade", "te"];
  return /^[A-Z]+$/.test(method) && method !== "CONNECT" && !/[^\x20-\x7e]/.test(text) &&
    target.startsWith("/") && !unclear.some((name) => names.includes(name));
}

async function makeFixture(deployment: Deployment): Promise<Fixture> {
  const client = s3Client(deployment);
  const { bucket: Bucket } = deployment;
  try {
    for (const Key of [STEADY.key, "fuzz/object"]) {
      await client.send(new PutObjectCommand({ Bucket, Key, Body: STEADY.content }));
    }
    const upload = { Bucket, Key: "fuzz/upload" };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(upload));
    const part = await client.send(
      new UploadPartCommand({ ...upload, UploadId, PartNumber: 1, Body: STEADY.content }),
    );
    assert(UploadId && part.ETag);
    return { bucket: Bucket, object: "fuzz/object", uploadId: UploadId, partEtag: part.ETag };
  } finally {
    client.destroy();
  }
}

function shown(mutant: Mutant): string {
  return JSON.stringify(Buffer.from(mutant.bytes).toString("latin1").slice(0, 4_000));
}
